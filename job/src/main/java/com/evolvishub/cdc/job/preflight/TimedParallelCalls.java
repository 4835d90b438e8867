package com.evolvishub.cdc.job.preflight;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs calls in parallel with a limit on their number, a timeout per call and a timeout for all
 * calls, so that a server that never responds costs little time. The thread of a call that has
 * timed out may stay blocked; it is a daemon and no longer counts towards the limit.
 */
final class TimedParallelCalls {

    private final int maxParallel;
    private final Duration perCallTimeout;
    private final Duration totalTimeout;

    TimedParallelCalls(int maxParallel, Duration perCallTimeout, Duration totalTimeout) {
        this.maxParallel = maxParallel;
        this.perCallTimeout = perCallTimeout;
        this.totalTimeout = totalTimeout;
    }

    /**
     * The results in the order of the calls; empty for a call that timed out.
     *
     * @throws java.util.concurrent.CompletionException if a call throws, which is a bug
     */
    <T> List<Optional<T>> call(List<? extends Callable<T>> calls) {
        Semaphore permits = new Semaphore(maxParallel);
        long deadline = System.nanoTime() + totalTimeout.toNanos();
        List<CompletableFuture<Optional<T>>> results = new ArrayList<>();
        try {
            for (Callable<T> call : calls) {
                if (!permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    results.add(CompletableFuture.completedFuture(Optional.empty()));
                    continue;
                }
                CompletableFuture<Optional<T>> result = start(call);
                results.add(result);
                var unused = result.whenComplete((value, failure) -> permits.release());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            while (results.size() < calls.size()) {
                results.add(CompletableFuture.completedFuture(Optional.empty()));
            }
        }
        return results.stream().map(CompletableFuture::join).toList();
    }

    private <T> CompletableFuture<Optional<T>> start(Callable<T> call) {
        CompletableFuture<Optional<T>> result = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                result.complete(Optional.of(call.call()));
                            } catch (Throwable bug) {
                                result.completeExceptionally(bug);
                            }
                        },
                        "preflight");
        thread.setDaemon(true);
        thread.start();
        return result.completeOnTimeout(
                Optional.empty(), perCallTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
