package com.evolvishub.cdc.connectors.pulsar.message;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.TypedMessageBuilder;
import org.apache.pulsar.client.api.transaction.Transaction;

/**
 * A row encoded as a message to send.
 *
 * @param number the row's sequence number
 * @param key text of the message key; empty: none
 * @param message payload and attributes
 */
public record OutboundMessage(long number, String key, EncodedMessage message) {

    private static final byte[] EMPTY = new byte[0];

    /** Overhead of client and broker: field names, lengths, a time, the producer's name. */
    private static final int ENVELOPE = 512;

    public static OutboundMessage of(long number, EncodedMessage message) {
        String key =
                message.key().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
        return new OutboundMessage(number, key, message);
    }

    /** Maps equal keys to the same partition, with the hash of Pulsar's own client. */
    public int partition(int partitions) {
        return key.isEmpty()
                ? (int) (number % partitions)
                : (key.hashCode() & Integer.MAX_VALUE) % partitions;
    }

    public int fingerprint() {
        return DeliveredMessages.fingerprint(key, attribute("op"), attribute("watermark"));
    }

    private String attribute(String name) {
        for (Attribute attribute : message.attributes()) {
            if (attribute.name().equals(name)) {
                return attribute.value();
            }
        }
        return null;
    }

    /** Whether the broker accepts the size; the broker also counts an overhead. */
    public boolean fits(int limit) {
        int payload = message.payload().map(bytes -> bytes.length).orElse(0);
        // most rows are far below the limit
        return payload + 4L * key.length() < limit / 2 || message.size() + ENVELOPE <= limit;
    }

    /** An empty payload means that the row is deleted. */
    byte[] content() {
        return message.payload().orElse(EMPTY);
    }

    public CompletableFuture<MessageId> sendBy(Producer<byte[]> producer) {
        return send(producer.newMessage());
    }

    public CompletableFuture<MessageId> sendBy(Producer<byte[]> producer, Transaction transaction) {
        return send(producer.newMessage(transaction));
    }

    private CompletableFuture<MessageId> send(TypedMessageBuilder<byte[]> builder) {
        if (!key.isEmpty()) {
            builder.key(key);
        }
        for (Attribute attribute : message.attributes()) {
            builder.property(attribute.name(), attribute.value());
        }
        return builder.sequenceId(number).value(content()).sendAsync();
    }
}
