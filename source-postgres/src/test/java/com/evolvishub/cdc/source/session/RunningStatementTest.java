package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunningStatementTest {

    private final RunningStatement underWay = new RunningStatement();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void aRequestThatCameTooEarlyIsSentAgainUntilTheStatementEnds() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<Void> statement =
                CompletableFuture.runAsync(
                        () -> {
                            begin();
                            begun.countDown();
                            await(cancelled);
                            underWay.end();
                        });
        begun.await();
        underWay.cancel(
                () -> {
                    if (requests.incrementAndGet() == 3) {
                        cancelled.countDown();
                    }
                });
        statement.get();
        assertThat(requests).hasValueGreaterThanOrEqualTo(3);
    }

    @Test
    void noStatementBeginsWhileTheSessionIsBeingEnded() {
        underWay.cancel(
                () ->
                        assertThatThrownBy(underWay::begin)
                                .isInstanceOf(SQLException.class)
                                .hasMessageContaining("the session was ended"));
        assertThatThrownBy(underWay::begin).isInstanceOf(SQLException.class);
        assertThat(underWay.isClosing()).isTrue();
    }

    @Test
    void oneRequestIsSentWhereNobodyWaitsSinceRowsMayBeUnderWay() {
        underWay.cancel(requests::incrementAndGet);
        assertThat(requests).hasValue(1);
    }

    @Test
    void theSessionsOwnThreadDoesNotWaitForItself() throws Exception {
        underWay.begin();
        underWay.cancel(requests::incrementAndGet);
        assertThat(requests).hasValue(1);
    }

    @Test
    void anUnreachableServerIsNotAskedTwice() {
        begin();
        CompletableFuture.runAsync(
                        () ->
                                underWay.cancel(
                                        () -> {
                                            requests.incrementAndGet();
                                            throw new SQLException("unreachable");
                                        }))
                .join();
        assertThat(requests).hasValue(1);
    }

    private void begin() {
        try {
            underWay.begin();
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
