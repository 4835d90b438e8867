package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionalChecksTest {

    private static List<String> warnings(String checkpoint, String destination) {
        return SpecReaderFixture.plain()
                .read(
                        """
                        name: x
                        checkpoint: %s
                        mappings:
                          - name: a
                            source: {type: postgresql, host: h, database: d, table: t}
                            destination: %s
                            delivery: transactional
                        """
                                .formatted(checkpoint, destination))
                .warnings()
                .stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void warnsIfTheBrokerMayAbortATransactionBeforeItsCheckpointCompletes() {
        assertThat(
                        warnings(
                                "{interval_seconds: 0.5, timeout_seconds: 90}",
                                "{type: kafka, host: h, table: t, transaction_timeout_seconds: 90}"))
                .containsExactly(
                        "mappings[0].destination.transaction_timeout_seconds: 90 s do not cover a checkpoint's interval and timeout (90.5 s together), and no restart besides: a transaction that the broker gives up in between loses its rows; give it more, or checkpoint.timeout_seconds less (line 6)");
    }

    @Test
    void usesTheDefaultTimeoutIfNoneIsGiven() {
        assertThat(warnings("{interval_seconds: 5}", "{type: pulsar, host: h, table: t}"))
                .singleElement()
                .asString()
                .contains("600 s do not cover", "(605 s together)");
    }

    @Test
    void acceptsALongerTransactionTimeout() {
        assertThat(
                        warnings(
                                "{interval_seconds: 5, timeout_seconds: 120}",
                                "{type: kafka, host: h, table: t}"))
                .isEmpty();
    }

    @Test
    void doesNotWarnIfTheServerHasNoTransactionTimeout() {
        assertThat(warnings("{}", "{type: postgresql, host: h, database: b, table: t}")).isEmpty();
    }
}
