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
 * Asks many questions at once, so that a server which never answers costs little: only so many at a
 * time, each with a limit, and all of them with one. A thread whose question was given up may hang
 * on; it is a daemon, and its place is another's.
 */
final class TimedParallelCalls {

    private final int maxParallel;
    private final Duration perCallTimeout;
    private final Duration totalTimeout;

    TimedParallelCalls(int atOnce, Duration each, Duration all) {
        this.maxParallel = atOnce;
        this.perCallTimeout = each;
        this.totalTimeout = all;
    }

    /**
     * The answers in the order of the questions; none for one that was not answered in time.
     *
     * @throws IllegalStateException if a question ends with an exception, which is a bug
     */
    <T> List<Optional<T>> call(List<? extends Callable<T>> questions) {
        Semaphore places = new Semaphore(maxParallel);
        long end = System.nanoTime() + totalTimeout.toNanos();
        List<CompletableFuture<Optional<T>>> answers = new ArrayList<>();
        try {
            for (Callable<T> question : questions) {
                if (!places.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    answers.add(CompletableFuture.completedFuture(Optional.empty()));
                    continue;
                }
                CompletableFuture<Optional<T>> answer = start(question);
                answers.add(answer);
                var unused = answer.whenComplete((some, failure) -> places.release());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            while (answers.size() < questions.size()) {
                answers.add(CompletableFuture.completedFuture(Optional.empty()));
            }
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private <T> CompletableFuture<Optional<T>> start(Callable<T> question) {
        CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                answer.complete(Optional.of(question.call()));
                            } catch (Throwable bug) {
                                answer.completeExceptionally(bug);
                            }
                        },
                        "preflight");
        thread.setDaemon(true);
        thread.start();
        return answer.completeOnTimeout(
                Optional.empty(), perCallTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
