package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.message.DeliveredMessages;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * One topic or partition that the pipeline writes to: its exclusive producer, and the subscription
 * that retains what was written since the last position.
 */
final class PartitionChannel {

    private static final Pattern EXCLUSIVE_PRODUCER =
            Pattern.compile("existing exclusive producer: (\\S+)");
    private static final String SHARED = "existing shared producers";

    private final PulsarSession session;
    private final PulsarEndpoint target;
    private final String topic;
    private final Consumer<byte[]> retention;
    private final Producer<byte[]> producer;
    private volatile MessageId end;
    private MessageId lastRetained;
    private Reader<byte[]> reader;

    private PartitionChannel(
            PulsarSession session,
            PulsarEndpoint target,
            String topic,
            Consumer<byte[]> retention,
            Producer<byte[]> producer,
            MessageId end) {
        this.session = session;
        this.target = target;
        this.topic = topic;
        this.retention = retention;
        this.producer = producer;
        this.end = end;
        this.lastRetained = end;
    }

    /**
     * Fences every earlier producer of the pipeline.
     *
     * @param position where to start reading rows of earlier writers; empty: they wrote none here
     */
    static PartitionChannel open(
            PulsarSession session,
            PulsarEndpoint target,
            String topic,
            Optional<MessageId> position,
            String producerName)
            throws Exception {
        Consumer<byte[]> retention =
                session.subscribeDurably(topic, SubscriptionInitialPosition.Latest);
        Producer<byte[]> producer =
                target.exclusive()
                        ? openExclusive(session, target, topic, producerName)
                        : session.producer(topic, producerName, ProducerAccessMode.Shared);
        MessageId from =
                position.isPresent()
                        ? position.get()
                        : session.last(retention).orElse(MessageId.earliest);
        return new PartitionChannel(session, target, topic, retention, producer, from);
    }

    private static Producer<byte[]> openExclusive(
            PulsarSession session, PulsarEndpoint target, String topic, String name)
            throws Exception {
        try {
            return session.producer(topic, name, ProducerAccessMode.Exclusive);
        } catch (PulsarClientException.ProducerFencedException
                | PulsarClientException.ProducerBusyException e) {
            failOnForeignProducer(target, topic, e);
            return session.producer(topic, name, ProducerAccessMode.ExclusiveWithFencing);
        }
    }

    /** Fencing would also disconnect producers that do not belong to the pipeline. */
    private static void failOnForeignProducer(
            PulsarEndpoint target, String topic, PulsarClientException busy)
            throws DestinationException {
        String message = String.valueOf(busy.getMessage());
        Matcher producer = EXCLUSIVE_PRODUCER.matcher(message);
        boolean named = producer.find();
        if (named && producer.group(1).startsWith(target.producerPrefix())) {
            return;
        }
        if (named || message.contains(SHARED)) {
            String other =
                    !named
                            ? "other producers"
                            : PulsarEndpoint.isPipelineProducer(producer.group(1))
                                    ? "another mapping (producer " + producer.group(1) + ")"
                                    : "producer " + producer.group(1);
            throw new DestinationException(
                    ("topic %s is written to by %s; exactly_once needs a topic that nobody else"
                                    + " writes to: give this mapping one of its own, end the other"
                                    + " producer, or say delivery: at_least_once")
                            .formatted(topic, other),
                    busy);
        }
    }

    /**
     * Reads what was written since the last call, or since the position.
     *
     * @return whether there were messages
     */
    boolean readNew(DeliveredMessages delivered) throws Exception {
        if (reader == null) {
            reader = session.open(session.reader(topic).startMessageId(end), topic);
        }
        boolean any = false;
        for (Optional<Message<byte[]>> each = session.next(reader);
                each.isPresent();
                each = session.next(reader)) {
            any = true;
            Message<byte[]> message = each.get();
            end = message.getMessageId();
            if (String.valueOf(message.getProducerName()).startsWith(target.producerPrefix())) {
                delivered.add(message);
            }
        }
        return any;
    }

    void closeReader() {
        if (reader != null) {
            var unused = reader.closeAsync();
            reader = null;
        }
    }

    String topic() {
        return topic;
    }

    Producer<byte[]> producer() {
        return producer;
    }

    /** The last message known to be in the topic: read, or acknowledged by the broker. */
    MessageId end() {
        return end;
    }

    void onWritten(MessageId id) {
        end = id;
    }

    /**
     * Releases the messages before this position, which the next opening does not need. The message
     * at the position itself stays: it shows whether the topic was recreated.
     */
    synchronized void release(MessageId position) {
        if (!lastRetained.equals(MessageId.earliest) && !lastRetained.equals(position)) {
            var unused = retention.acknowledgeCumulativeAsync(lastRetained);
        }
        lastRetained = position;
    }

    boolean isConnected() {
        return producer.isConnected();
    }
}
