package com.evolvishub.cdc.runtime.pipeline;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Where the two ends of a lane meet. Delivery installs it when it is opened, before the source
 * reader of the same task is started; the source looks it up then, and polls only while it is open.
 * It is closed while the delivery queue is full, the destination is away, or what it holds is not
 * known yet.
 *
 * <p>Thread-safe: used by the task's thread, the fetcher's and delivery's I/O thread. Futures
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

    private BackpressureGate(PipelineKey lane) {
        this.pipeline = lane;
        this.status = new PipelineStatus();
    }

    /** A new, closed gate for a lane; replaces what a former attempt of the task left behind. */
    public static BackpressureGate install(PipelineKey lane) {
        BackpressureGate gate = new BackpressureGate(lane);
        GATES.put(lane, gate);
        return gate;
    }

    /**
     * The gate that delivery installed.
     *
     * @throws IllegalStateException if there is none: source and delivery are not in one task then
     */
    public static BackpressureGate of(PipelineKey lane) {
        BackpressureGate gate = GATES.get(lane);
        if (gate == null) {
            throw new IllegalStateException("no gate for " + lane.identity());
        }
        return gate;
    }

    /** Takes this gate out of the registry, unless a newer one has its place. */
    public void remove() {
        GATES.remove(pipeline, this);
    }

    /** What both ends tell of their lane. */
    public PipelineStatus status() {
        return status;
    }

    /** What the step that compares wants the source to look up. */
    public KeyLookupRequests keyLookupRequests() {
        return keyLookupRequests;
    }

    /** Whether the source may read. */
    public synchronized boolean isOpen() {
        return open;
    }

    /** Completes when the gate is open; at once if it is. */
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

    /** Stops the source from reading; rows already handed on still have a place in the queue. */
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

    /** Delivery tells what the destination looks like; to be called before the gate first opens. */
    public void setDestination(DestinationDescription found) {
        synchronized (this) {
            destination = Objects.requireNonNull(found, "found");
        }
        signal();
    }

    /** What the destination looks like, once delivery has reached it. */
    public synchronized Optional<DestinationDescription> destination() {
        return Optional.ofNullable(destination);
    }

    /** Delivery tells that everything up to the end of a poll is at the destination. */
    public void acknowledge(long poll) {
        synchronized (this) {
            acknowledgedPoll = Math.max(acknowledgedPoll, poll);
        }
        signal();
    }

    /** The highest poll whose rows are all at the destination; 0 when there is none yet. */
    public synchronized long acknowledgedPoll() {
        return acknowledgedPoll;
    }

    /** Completes at the next change of any of the above. Take it before looking, then wait. */
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
