package com.evolvishub.cdc.sink.state;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for the acknowledged rows that all pipelines of a JVM keep: what one may keep is little,
 * what many busy ones keep together is not. Thread-safe.
 */
public final class ResendBudget {

    /** An eighth of the heap: the queues, state and readers need the rest. */
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

    /** Counts bytes that are kept from now on; a negative number: that are no longer kept. */
    void count(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether more is kept than there is room for: whoever keeps rows drops its oldest. */
    boolean isExceeded() {
        return used.get() > limit;
    }
}
