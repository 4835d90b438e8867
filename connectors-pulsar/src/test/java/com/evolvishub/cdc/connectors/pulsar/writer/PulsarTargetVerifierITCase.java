package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.Producer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detects whether a topic was recreated since the progress record was written, without a state. */
@Timeout(300)
class PulsarTargetVerifierITCase {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private static long opened(PulsarDestinationClient client, String run) throws Exception {
        long last = client.open(PulsarTestTopic.writerIdentity(run)).lastSequence();
        client.prepare(PulsarTestTopic.SCHEMA);
        return last;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void detectsARecreatedTopicByPositionsWhateverOthersHaveWritten(int partitions)
            throws Exception {
        PulsarTestTopic topic = PulsarTestTopic.on(PULSAR).partitioned(partitions);
        try (PulsarDestinationClient client = topic.client()) {
            assertThat(opened(client, "a")).isZero();
            client.write(PulsarTestTopic.rows(1, 30));
        }
        // the first one writes positions, the others check that their messages exist
        for (String run : new String[] {"b", "c", "d"}) {
            try (PulsarDestinationClient client = topic.client()) {
                assertThat(opened(client, run)).isEqualTo(30);
            }
        }
        topic.delete(topic.name() + "/partitions");
        topic.partitioned(partitions);
        try (Producer<byte[]> other =
                topic.plainClient().newProducer().topic(topic.name()).create()) {
            for (int message = 0; message < 10; message++) {
                other.send(new byte[] {'x'});
            }
        }
        try (PulsarDestinationClient client = topic.client()) {
            assertThat(opened(client, "e")).isZero();
            client.write(PulsarTestTopic.rows(1, 30));
        }
        for (String run : new String[] {"f", "g"}) {
            try (PulsarDestinationClient client = topic.client()) {
                assertThat(opened(client, run)).isEqualTo(30);
            }
        }
        assertThat(topic.messages())
                .filteredOn(message -> message.getValue().length > 1)
                .extracting(message -> message.getSequenceId())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 30).boxed().toList());
    }
}
