package com.evolvishub.cdc.bench.outage;

import java.util.ArrayDeque;
import java.util.Deque;

/** Resources to close, the latest first. Used by one thread. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    void add(AutoCloseable resource) {
        resources.push(resource);
    }

    /**
     * Closes every resource, even if closing another fails.
     *
     * @throws IllegalStateException if one cannot be closed
     */
    @Override
    public void close() {
        IllegalStateException failure = null;
        while (!resources.isEmpty()) {
            AutoCloseable resource = resources.pop();
            try {
                resource.close();
            } catch (Exception e) {
                failure = new IllegalStateException(resource + " cannot be closed", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
