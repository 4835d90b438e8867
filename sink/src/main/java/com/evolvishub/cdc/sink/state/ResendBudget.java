package com.evolvishub.cdc.sink.state;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the memory for acknowledged rows of all pipelines in a JVM. The limit of one pipeline is
 * small, but many busy ones add up. Thread-safe.
 */
public final class ResendBudget {

    /** One eighth of the heap: queues, state and readers need the rest. */
    public static final ResendBudget OF_JVM =
            new ResendBudget(Runtime.getRuntime().maxMemory() / 8);

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /**
     * @param limit in bytes
     */
    ResendBudget(long limit) {
        this.limit = limit;
    }

    /** Adds bytes that are now kept; negative: bytes that were released. */
    void count(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether the limit is exceeded; each buffer then evicts its oldest rows. */
    boolean isExceeded() {
        return used.get() > limit;
    }
}
