package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.MessageIdAdv;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker's behavior with deduplication and with exclusive access, the two ways to fence. */
@Timeout(300)
class PulsarFencingModesITCase {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);

    /**
     * A stale writer that is ahead of its successor's state sends a row that the successor does not
     * know; the successor's own row with that sequence number is then lost without an error.
     */
    @Test
    void deduplicationUnderAFixedNameLosesTheSuccessorsRow() throws Exception {
        String url = "/admin/v2/persistent/public/default/" + topic.name();
        PULSAR.admin("PUT", url, "");
        PULSAR.admin("POST", url + "/deduplicationEnabled", "true");
        await().until(() -> PULSAR.admin("GET", url + "/deduplicationEnabled", ""), "true"::equals);
        // the policy is known but not applied until the topic is loaded again
        PULSAR.admin("PUT", url + "/unload", "");
        try (PulsarClient one = client();
                PulsarClient two = client()) {
            Producer<byte[]> staleProducer = producer(one, "fixed", ProducerAccessMode.Shared);
            send(staleProducer, 1, "known to both");
            send(staleProducer, 2, "known to the zombie alone");
            one.shutdown();

            Producer<byte[]> successor = producer(two, "fixed", ProducerAccessMode.Shared);
            MessageId dropped = send(successor, 2, "the successor's");

            assertThat(((MessageIdAdv) dropped).getLedgerId()).isNegative();
            assertThat(topic.messages())
                    .extracting(PulsarFencingModesITCase::text)
                    .containsExactly("known to both", "known to the zombie alone");
        }
    }

    @Test
    void exclusiveAccessFencesTheEarlierProducerPermanently() throws Exception {
        try (PulsarClient one = client();
                PulsarClient two = client()) {
            Producer<byte[]> staleProducer = producer(one, "e1", ProducerAccessMode.Exclusive);
            send(staleProducer, 1, "before");
            Producer<byte[]> newProducer =
                    producer(two, "e2", ProducerAccessMode.ExclusiveWithFencing);
            send(newProducer, 2, "after");
            two.shutdown();

            assertThatThrownBy(() -> send(staleProducer, 2, "too late"))
                    .isInstanceOf(PulsarClientException.class);
            assertThat(topic.messages())
                    .extracting(PulsarFencingModesITCase::text)
                    .containsExactly("before", "after");
        }
    }

    private static PulsarClient client() throws PulsarClientException {
        return PulsarClient.builder().serviceUrl(PULSAR.serviceUrl()).build();
    }

    private Producer<byte[]> producer(PulsarClient client, String name, ProducerAccessMode mode)
            throws PulsarClientException {
        return client.newProducer()
                .topic(topic.name())
                .producerName(name)
                .accessMode(mode)
                .sendTimeout(1, TimeUnit.MINUTES)
                .create();
    }

    private static MessageId send(Producer<byte[]> producer, long sequence, String text)
            throws PulsarClientException {
        return producer.newMessage()
                .sequenceId(sequence)
                .value(text.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    private static String text(Message<byte[]> message) {
        return new String(message.getValue(), StandardCharsets.UTF_8);
    }
}
