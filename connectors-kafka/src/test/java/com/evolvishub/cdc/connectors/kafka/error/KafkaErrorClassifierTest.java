package com.evolvishub.cdc.connectors.kafka.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.sink.failure.FailureKind;
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

class KafkaErrorClassifierTest {

    @Test
    void outagesAreTransient() {
        for (Exception outage :
                List.of(
                        new TimeoutException("x"),
                        new DisconnectException(),
                        new NotEnoughReplicasException("x"),
                        new UnknownTopicOrPartitionException("x"),
                        new KafkaException("The producer closed forcefully"),
                        new IllegalStateException("closed"))) {
            assertThat(KafkaErrorClassifier.classify(outage)).isEqualTo(FailureKind.TRANSIENT);
        }
    }

    @Test
    void errorsThatNeedActionArePermanent() {
        for (Exception mistake :
                List.of(new TopicAuthorizationException("x"), new InvalidTopicException("x"))) {
            assertThat(KafkaErrorClassifier.classify(mistake)).isEqualTo(FailureKind.PERMANENT);
            assertThat(
                            KafkaErrorClassifier.classify(
                                    new ExecutionException(new KafkaException(mistake))))
                    .isEqualTo(FailureKind.PERMANENT);
        }
    }

    @Test
    void anAuthenticationFailureIsRetriedRarely() {
        assertThat(KafkaErrorClassifier.classify(new SaslAuthenticationException("x")))
                .isEqualTo(FailureKind.AUTHENTICATION);
    }

    @Test
    void fencingAndATransactionTimeoutBothLoseTheProducer() {
        assertThat(KafkaErrorClassifier.isProducerLost(new ProducerFencedException("x"))).isTrue();
        assertThat(
                        KafkaErrorClassifier.isProducerLost(
                                new KafkaException(
                                        "in an error state",
                                        new InvalidProducerEpochException(""))))
                .isTrue();
        assertThat(KafkaErrorClassifier.isProducerLost(new TimeoutException("x"))).isFalse();
    }

    @Test
    void onlyAnOversizedRowIsRejected() {
        assertThat(KafkaErrorClassifier.isRowRejected(new RecordTooLargeException("x"))).isTrue();
        assertThat(KafkaErrorClassifier.isRowRejected(new TimeoutException("x"))).isFalse();
    }
}
