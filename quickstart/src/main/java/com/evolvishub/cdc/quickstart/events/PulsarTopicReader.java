package com.evolvishub.cdc.quickstart.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;

/** Reads a Pulsar topic. */
public final class PulsarTopicReader implements MessageReader {
    private final String topic;
    private final PulsarClient client;
    private Reader<byte[]> reader;

    public PulsarTopicReader(String serviceUrl, String topic) throws PulsarClientException {
        this.topic = topic;
        this.client = PulsarClient.builder().serviceUrl(serviceUrl).build();
    }

    @Override
    public List<ConsumedMessage> readNew() throws PulsarClientException {
        if (reader == null) {
            reader = client.newReader().topic(topic).startMessageId(MessageId.earliest).create();
        }
        List<ConsumedMessage> messages = new ArrayList<>();
        while (reader.hasMessageAvailable()) {
            Message<byte[]> message = reader.readNext(10, TimeUnit.SECONDS);
            if (message != null) {
                messages.add(message(message));
            }
        }
        return messages;
    }

    private static ConsumedMessage message(Message<byte[]> message) {
        return new ConsumedMessage(
                message.getTopicName(),
                message.getKey(),
                message.getProperty("event_id"),
                Optional.of(new String(message.getValue(), UTF_8))
                        .filter(payload -> !payload.isEmpty()));
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (PulsarClientException e) {
            throw new UncheckedIOException(e);
        }
    }
}
