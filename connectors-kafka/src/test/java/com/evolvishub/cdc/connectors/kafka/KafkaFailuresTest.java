package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.delivery.Failure;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class KafkaFailuresTest {

    @Test
    void outagesAreTriedAgain() {
        for (Exception outage :
                List.of(
                        new TimeoutException("x"),
                        new DisconnectException(),
                        new NotEnoughReplicasException("x"),
                        new UnknownTopicOrPartitionException("x"),
                        new KafkaException("The producer closed forcefully"),
                        new IllegalStateException("closed"))) {
            assertThat(KafkaFailures.classify(outage)).isEqualTo(Failure.TRANSIENT);
        }
    }

    @Test
    void whatSomebodyMustMendIsNot() {
        for (Exception mistake :
                List.of(new TopicAuthorizationException("x"), new InvalidTopicException("x"))) {
            assertThat(KafkaFailures.classify(mistake)).isEqualTo(Failure.PERMANENT);
            assertThat(KafkaFailures.classify(new ExecutionException(new KafkaException(mistake))))
                    .isEqualTo(Failure.PERMANENT);
        }
    }

    @Test
    void aRefusedLoginIsNotTriedOften() {
        assertThat(KafkaFailures.classify(new SaslAuthenticationException("x")))
                .isEqualTo(Failure.AUTHENTICATION);
    }

    @Test
    void aRivalAndATimeoutLookTheSame() {
        assertThat(KafkaFailures.isLost(new ProducerFencedException("x"))).isTrue();
        assertThat(
                        KafkaFailures.isLost(
                                new KafkaException(
                                        "in an error state",
                                        new InvalidProducerEpochException(""))))
                .isTrue();
        assertThat(KafkaFailures.isLost(new TimeoutException("x"))).isFalse();
    }

    @Test
    void blamesRowsForTheirSizeOnly() {
        assertThat(KafkaFailures.blamesRow(new RecordTooLargeException("x"))).isTrue();
        assertThat(KafkaFailures.blamesRow(new TimeoutException("x"))).isFalse();
    }
}
