package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunningStatementTest {

    private final RunningStatement runningStatement = new RunningStatement();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void repeatsTheCancelRequestUntilTheStatementEnds() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<Void> statement =
                CompletableFuture.runAsync(
                        () -> {
                            begin();
                            started.countDown();
                            await(cancelled);
                            runningStatement.end();
                        });
        started.await();
        runningStatement.cancel(
                () -> {
                    if (requests.incrementAndGet() == 3) {
                        cancelled.countDown();
                    }
                });
        statement.get();
        assertThat(requests).hasValueGreaterThanOrEqualTo(3);
    }

    @Test
    void rejectsAStatementWhileTheSessionIsClosing() {
        runningStatement.cancel(
                () ->
                        assertThatThrownBy(runningStatement::begin)
                                .isInstanceOf(SQLException.class)
                                .hasMessageContaining("the session was ended"));
        assertThatThrownBy(runningStatement::begin).isInstanceOf(SQLException.class);
        assertThat(runningStatement.isClosing()).isTrue();
    }

    @Test
    void sendsOneCancelRequestEvenWithoutAWaitingThread() {
        runningStatement.cancel(requests::incrementAndGet);
        assertThat(requests).hasValue(1);
    }

    @Test
    void cancelOnTheSessionThreadDoesNotWait() throws Exception {
        runningStatement.begin();
        runningStatement.cancel(requests::incrementAndGet);
        assertThat(requests).hasValue(1);
    }

    @Test
    void sendsNoSecondRequestToAnUnreachableServer() {
        begin();
        CompletableFuture.runAsync(
                        () ->
                                runningStatement.cancel(
                                        () -> {
                                            requests.incrementAndGet();
                                            throw new SQLException("unreachable");
                                        }))
                .join();
        assertThat(requests).hasValue(1);
    }

    private void begin() {
        try {
            runningStatement.begin();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
