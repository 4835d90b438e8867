package com.evolvishub.cdc.runtime.pipeline;

import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import java.util.List;

/**
 * Keys of rows that the change detector asks the source to look up: it has sent a version that no
 * range contains any more. The next poll looks them up in the phase {@code KEY_LOOKUP} of {@link
 * PollPhaseStarted}. Thread-safe.
 */
public final class KeyLookupRequests {

    private List<byte[]> requested = List.of();

    /**
     * Requests rows; replaces the earlier request.
     *
     * @param keys as COPY text of the key columns, in key order
     */
    public synchronized void request(List<byte[]> keys) {
        requested = List.copyOf(keys);
    }

    /** The keys to look up. */
    public synchronized List<byte[]> requested() {
        return requested;
    }
}
