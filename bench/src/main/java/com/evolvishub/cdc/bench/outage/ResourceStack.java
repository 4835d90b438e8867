package com.evolvishub.cdc.bench.outage;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be closed, the latest first. Used by one thread. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    void add(AutoCloseable one) {
        all.push(one);
    }

    /**
     * Closes each, also when another cannot be.
     *
     * @throws IllegalStateException if one cannot be
     */
    @Override
    public void close() {
        IllegalStateException failure = null;
        while (!all.isEmpty()) {
            AutoCloseable one = all.pop();
            try {
                one.close();
            } catch (Exception e) {
                failure = new IllegalStateException(one + " cannot be closed", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
