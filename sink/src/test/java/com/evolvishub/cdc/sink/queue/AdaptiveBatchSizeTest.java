package com.evolvishub.cdc.sink.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class AdaptiveBatchSizeTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private Instant now = Instant.EPOCH;
    private final AdaptiveBatchSize size =
            new AdaptiveBatchSize(
                    new Clock() {
                        @Override
                        public ZoneId getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(ZoneId zone) {
                            return this;
                        }

                        @Override
                        public Instant instant() {
                            return now;
                        }
                    });

    private void batchTook(double seconds) {
        size.batchWritten(size.rows(), Duration.ofMillis((long) (1000 * seconds)), TIMEOUT);
    }

    @Test
    void doublesWhileTheDestinationIsFast() {
        assertThat(size.rows()).isEqualTo(500);
        batchTook(0.9);
        assertThat(size.rows()).isEqualTo(1000);
        batchTook(1.1);
        assertThat(size.rows()).isEqualTo(1000);
        for (int i = 0; i < 10; i++) {
            batchTook(0);
        }
        assertThat(size.rows()).isEqualTo(AdaptiveBatchSize.MAX_ROWS);
    }

    @Test
    void keepsTheSizeAfterABatchBelowIt() {
        size.batchWritten(10, Duration.ZERO, TIMEOUT);
        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void shrinksAfterASlowBatchBelowTheTimeout() {
        batchTook(3);
        assertThat(size.rows()).isEqualTo(250);
    }

    @Test
    void avoidsASizeThatTimedOutForAnHour() {
        size.batchTimedOut(40);
        assertThat(size.rows()).isEqualTo(20);
        size.batchTimedOut(20);
        assertThat(size.rows()).isEqualTo(10);
        batchTook(0.1);
        assertThat(size.rows()).isEqualTo(10);
        now = now.plus(Duration.ofMinutes(61));
        batchTook(0.1);
        assertThat(size.rows()).isEqualTo(20);
    }

    @Test
    void sendsAtLeastOneRow() {
        for (int i = 0; i < 20; i++) {
            size.batchTimedOut(size.rows());
        }
        assertThat(size.rows()).isEqualTo(1);
    }
}
