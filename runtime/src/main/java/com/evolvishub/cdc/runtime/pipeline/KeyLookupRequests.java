package com.evolvishub.cdc.runtime.pipeline;

import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import java.util.List;

/**
 * Keys of rows that the step that compares wants to see: it has sent a version that no range shows
 * any more. The next poll looks them up, and says so by a {@link PollPhaseStarted}. Thread-safe.
 */
public final class KeyLookupRequests {

    private List<byte[]> requested = List.of();

    /**
     * Asks for rows, in place of what was asked for before.
     *
     * @param keys as COPY text of the key's columns, in the key's order
     */
    public synchronized void request(List<byte[]> keys) {
        requested = List.copyOf(keys);
    }

    /** The keys to look up. */
    public synchronized List<byte[]> requested() {
        return requested;
    }
}
