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
 * A row on its way.
 *
 * @param number the row's
 * @param key text of the message's key; empty: it has none
 * @param message the rest
 */
public record OutboundMessage(long number, String key, EncodedMessage message) {

    private static final byte[] NOTHING = new byte[0];

    /** What client and broker add: names of fields, lengths, a time, the producer's name. */
    private static final int ENVELOPE = 512;

    public static OutboundMessage of(long number, EncodedMessage message) {
        String key =
                message.key().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
        return new OutboundMessage(number, key, message);
    }

    /** The same key goes to the same partition; the hash is that of Pulsar's own client. */
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

    /** Whether the broker takes it; what it counts for itself is more than the message. */
    public boolean fits(int limit) {
        int payload = message.payload().map(bytes -> bytes.length).orElse(0);
        // most rows are far from it
        return payload + 4L * key.length() < limit / 2 || message.size() + ENVELOPE <= limit;
    }

    /** Nothing at all means that the row is gone. */
    byte[] content() {
        return message.payload().orElse(NOTHING);
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
