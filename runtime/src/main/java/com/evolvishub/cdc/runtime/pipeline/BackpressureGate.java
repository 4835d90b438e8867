package com.evolvishub.cdc.runtime.pipeline;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Connects the source and the delivery of a pipeline: the source polls only while the gate is open.
 * Delivery installs it when it is opened, before the source reader of the same task starts. It is
 * closed while the delivery queue is full, the destination is unavailable, or the destination's
 * progress is not known yet.
 *
 * <p>Thread-safe: used by the task thread, the fetcher thread and delivery's I/O thread. Futures
 * complete outside the lock.
 */
public final class BackpressureGate {

    private static final ConcurrentMap<PipelineKey, BackpressureGate> GATES =
            new ConcurrentHashMap<>();

    private final PipelineKey pipeline;
    private final PipelineStatus status;
    private final KeyLookupRequests keyLookupRequests = new KeyLookupRequests();
    private boolean open;
    private DestinationDescription destination;
    private long acknowledgedPoll;
    private CompletableFuture<Void> opened = new CompletableFuture<>();
    private CompletableFuture<Void> changed = new CompletableFuture<>();

    private BackpressureGate(PipelineKey pipeline) {
        this.pipeline = pipeline;
        this.status = new PipelineStatus();
    }

    /**
     * Creates a closed gate for a pipeline; replaces the gate of an earlier attempt of the task.
     */
    public static BackpressureGate install(PipelineKey pipeline) {
        BackpressureGate gate = new BackpressureGate(pipeline);
        GATES.put(pipeline, gate);
        return gate;
    }

    /**
     * The gate that delivery installed.
     *
     * @throws IllegalStateException if there is none: source and delivery are not in the same task
     */
    public static BackpressureGate of(PipelineKey pipeline) {
        BackpressureGate gate = GATES.get(pipeline);
        if (gate == null) {
            throw new IllegalStateException("no gate for " + pipeline.identity());
        }
        return gate;
    }

    /** Removes this gate from the registry, unless a newer one has replaced it. */
    public void remove() {
        GATES.remove(pipeline, this);
    }

    /** The pipeline's status, reported by source and delivery. */
    public PipelineStatus status() {
        return status;
    }

    /** Keys that the change detector asks the source to look up. */
    public KeyLookupRequests keyLookupRequests() {
        return keyLookupRequests;
    }

    /** Whether the source may read. */
    public synchronized boolean isOpen() {
        return open;
    }

    /** Completes when the gate is open; immediately if it is open now. */
    public synchronized CompletableFuture<Void> opened() {
        return opened;
    }

    /** Lets the source read. */
    public void open() {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            if (open) {
                return;
            }
            open = true;
            waiting = opened;
        }
        waiting.complete(null);
        signal();
    }

    /** Stops the source from reading; the queue still accepts rows that were read before. */
    public void close() {
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            opened = new CompletableFuture<>();
        }
        signal();
    }

    /** Sets the description of the destination; called by delivery before the gate first opens. */
    public void setDestination(DestinationDescription description) {
        synchronized (this) {
            destination = Objects.requireNonNull(description, "found");
        }
        signal();
    }

    /** The description of the destination; empty until delivery has reached it. */
    public synchronized Optional<DestinationDescription> destination() {
        return Optional.ofNullable(destination);
    }

    /** Records that the destination holds all rows of polls up to {@code poll}. */
    public void acknowledge(long poll) {
        synchronized (this) {
            acknowledgedPoll = Math.max(acknowledgedPoll, poll);
        }
        signal();
    }

    /** The highest poll whose rows are all at the destination; 0: none yet. */
    public synchronized long acknowledgedPoll() {
        return acknowledgedPoll;
    }

    /** Completes at the next change of any of the above. Get it before checking, then wait. */
    public synchronized CompletableFuture<Void> changed() {
        return changed;
    }

    private void signal() {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            waiting = changed;
            changed = new CompletableFuture<>();
        }
        waiting.complete(null);
    }
}
