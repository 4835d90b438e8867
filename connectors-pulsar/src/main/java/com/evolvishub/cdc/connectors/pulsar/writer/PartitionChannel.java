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
 * One topic or partition that the lane writes to: the producer that has it for itself, and the
 * subscription that keeps what was written since the last mark.
 */
final class PartitionChannel {

    private static final Pattern HOLDER = Pattern.compile("existing exclusive producer: (\\S+)");
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
            Consumer<byte[]> keeper,
            Producer<byte[]> producer,
            MessageId end) {
        this.session = session;
        this.target = target;
        this.topic = topic;
        this.retention = keeper;
        this.producer = producer;
        this.end = end;
        this.lastRetained = end;
    }

    /**
     * Shuts out every earlier producer of the lane.
     *
     * @param mark where to look for rows of earlier holders; empty: none of them wrote here
     */
    static PartitionChannel open(
            PulsarSession session,
            PulsarEndpoint target,
            String topic,
            Optional<MessageId> mark,
            String producerName)
            throws Exception {
        Consumer<byte[]> keeper =
                session.subscribeDurably(topic, SubscriptionInitialPosition.Latest);
        Producer<byte[]> producer =
                target.exclusive()
                        ? openExclusive(session, target, topic, producerName)
                        : session.producer(topic, producerName, ProducerAccessMode.Shared);
        MessageId from =
                mark.isPresent() ? mark.get() : session.last(keeper).orElse(MessageId.earliest);
        return new PartitionChannel(session, target, topic, keeper, producer, from);
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

    /** Fencing would throw out other people's producers too. */
    private static void failOnForeignProducer(
            PulsarEndpoint target, String topic, PulsarClientException busy)
            throws DestinationException {
        String message = String.valueOf(busy.getMessage());
        Matcher holder = HOLDER.matcher(message);
        boolean named = holder.find();
        if (named && holder.group(1).startsWith(target.producerPrefix())) {
            return;
        }
        if (named || message.contains(SHARED)) {
            String who =
                    !named
                            ? "other producers"
                            : PulsarEndpoint.isPipelineProducer(holder.group(1))
                                    ? "another mapping (producer " + holder.group(1) + ")"
                                    : "producer " + holder.group(1);
            throw new DestinationException(
                    ("topic %s is written to by %s; exactly_once needs a topic that nobody else"
                                    + " writes to: give this mapping one of its own, end the other"
                                    + " producer, or say delivery: at_least_once")
                            .formatted(topic, who),
                    busy);
        }
    }

    /**
     * Reads what came since the last look, or since the mark.
     *
     * @return whether there was anything
     */
    boolean readNew(DeliveredMessages arrivals) throws Exception {
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
                arrivals.add(message);
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

    /** The last message that is known to be there: read, or acknowledged by the broker. */
    MessageId end() {
        return end;
    }

    void onWritten(MessageId id) {
        end = id;
    }

    /**
     * What lies before this mark is not needed for the next opening. The mark itself stays: by it
     * the topic is told from one that was made anew.
     */
    synchronized void release(MessageId mark) {
        if (!lastRetained.equals(MessageId.earliest) && !lastRetained.equals(mark)) {
            var unused = retention.acknowledgeCumulativeAsync(lastRetained);
        }
        lastRetained = mark;
    }

    boolean isConnected() {
        return producer.isConnected();
    }
}
