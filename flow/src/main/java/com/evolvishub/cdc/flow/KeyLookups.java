package com.evolvishub.cdc.flow;

import java.util.List;

/**
 * Keys of rows that the step that compares wants to see: it has sent a version that no range shows
 * any more. The next poll looks them up, and says so by a {@link Section}. Thread-safe.
 */
public final class KeyLookups {

    private List<byte[]> wanted = List.of();

    /**
     * Asks for rows, in place of what was asked for before.
     *
     * @param keys as COPY text of the key's columns, in the key's order
     */
    public synchronized void want(List<byte[]> keys) {
        wanted = List.copyOf(keys);
    }

    /** The keys to look up. */
    public synchronized List<byte[]> wanted() {
        return wanted;
    }
}
