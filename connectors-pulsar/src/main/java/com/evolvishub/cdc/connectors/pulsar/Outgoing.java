package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.TypedMessageBuilder;

/**
 * A row on its way.
 *
 * @param number the row's
 * @param key text of the message's key; empty: it has none
 * @param message the rest
 */
record Outgoing(long number, String key, BusMessage message) {

    private static final byte[] NOTHING = new byte[0];

    /** Names of fields, lengths, what the client adds. */
    private static final int ENVELOPE = 256;

    static Outgoing of(long number, BusMessage message) {
        String key =
                message.key().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
        return new Outgoing(number, key, message);
    }

    /** The same key goes to the same partition; the hash is that of Pulsar's own client. */
    int partition(int partitions) {
        return key.isEmpty()
                ? (int) (number % partitions)
                : (key.hashCode() & Integer.MAX_VALUE) % partitions;
    }

    int fingerprint() {
        return Arrivals.fingerprint(key, attribute("op"), attribute("watermark"));
    }

    private String attribute(String name) {
        for (Attribute attribute : message.attributes()) {
            if (attribute.name().equals(name)) {
                return attribute.value();
            }
        }
        return null;
    }

    /**
     * Refuses what the broker would.
     *
     * @param limit of the broker, in bytes
     */
    void refuseIfLarger(int limit) throws BadRowException {
        // most rows are far from it
        if (payloadSize() + 4L * key.length() < limit / 2) {
            return;
        }
        long size = size();
        if (size > limit) {
            throw new BadRowException(
                    ("the message has %d bytes, and the broker takes %d at most (maxMessageSize);"
                                    + " exclude a column, or raise the limit")
                            .formatted(size, limit),
                    null);
        }
    }

    /** What the broker counts, or a little more. */
    long size() {
        long size = ENVELOPE + payloadSize() + utf8(key);
        for (Attribute attribute : message.attributes()) {
            size += utf8(attribute.name()) + utf8(attribute.value()) + 8;
        }
        return size;
    }

    private long payloadSize() {
        return message.payload().map(bytes -> bytes.length).orElse(0);
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    CompletableFuture<MessageId> sendBy(Producer<byte[]> producer) {
        TypedMessageBuilder<byte[]> builder = producer.newMessage();
        if (!key.isEmpty()) {
            builder.key(key);
        }
        for (Attribute attribute : message.attributes()) {
            builder.property(attribute.name(), attribute.value());
        }
        return builder.sequenceId(number).value(message.payload().orElse(NOTHING)).sendAsync();
    }
}
