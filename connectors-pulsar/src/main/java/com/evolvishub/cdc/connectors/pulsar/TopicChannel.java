package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationException;
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
final class TopicChannel {

    private static final Pattern HOLDER = Pattern.compile("existing exclusive producer: (\\S+)");
    private static final String SHARED = "existing shared producers";

    private final PulsarSession session;
    private final PulsarTarget target;
    private final String topic;
    private final Consumer<byte[]> keeper;
    private final Producer<byte[]> producer;
    private volatile MessageId end;
    private MessageId kept;
    private Reader<byte[]> reader;

    private TopicChannel(
            PulsarSession session,
            PulsarTarget target,
            String topic,
            Consumer<byte[]> keeper,
            Producer<byte[]> producer,
            MessageId end) {
        this.session = session;
        this.target = target;
        this.topic = topic;
        this.keeper = keeper;
        this.producer = producer;
        this.end = end;
        this.kept = end;
    }

    /**
     * Shuts out every earlier producer of the lane.
     *
     * @param mark where to look for rows of earlier holders; empty: none of them wrote here
     */
    static TopicChannel open(
            PulsarSession session,
            PulsarTarget target,
            String topic,
            Optional<MessageId> mark,
            String producerName)
            throws Exception {
        Consumer<byte[]> keeper = session.keep(topic, SubscriptionInitialPosition.Latest);
        Producer<byte[]> producer =
                target.exclusive()
                        ? fence(session, target, topic, producerName)
                        : session.producer(topic, producerName, ProducerAccessMode.Shared);
        MessageId from =
                mark.isPresent() ? mark.get() : session.last(keeper).orElse(MessageId.earliest);
        return new TopicChannel(session, target, topic, keeper, producer, from);
    }

    private static Producer<byte[]> fence(
            PulsarSession session, PulsarTarget target, String topic, String name)
            throws Exception {
        try {
            return session.producer(topic, name, ProducerAccessMode.Exclusive);
        } catch (PulsarClientException.ProducerFencedException
                | PulsarClientException.ProducerBusyException e) {
            refuseStrangers(target, topic, e);
            return session.producer(topic, name, ProducerAccessMode.ExclusiveWithFencing);
        }
    }

    /** Fencing would throw out other people's producers too. */
    private static void refuseStrangers(
            PulsarTarget target, String topic, PulsarClientException busy)
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
                            : PulsarTarget.isSomeLane(holder.group(1))
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
    boolean look(Arrivals arrivals) throws Exception {
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

    void stopLooking() {
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

    void wrote(MessageId id) {
        end = id;
    }

    /**
     * What lies before this mark is not needed for the next opening. The mark itself stays: by it
     * the topic is told from one that was made anew.
     */
    synchronized void release(MessageId mark) {
        if (!kept.equals(MessageId.earliest) && !kept.equals(mark)) {
            var unused = keeper.acknowledgeCumulativeAsync(kept);
        }
        kept = mark;
    }

    boolean isConnected() {
        return producer.isConnected();
    }
}
