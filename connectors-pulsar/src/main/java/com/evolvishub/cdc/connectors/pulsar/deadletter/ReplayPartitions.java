package com.evolvishub.cdc.connectors.pulsar.deadletter;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.KeyVersionIndex;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * The partitions of a pipeline's topic during a replay. If the pipeline writes exclusively, so does
 * the replay: nothing newer can be written between the check and the write.
 */
final class ReplayPartitions {

    /** Upper bound of the clock difference between machines that write to the topic. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(5);

    private static final long POLL_MILLIS = 20;

    private final PulsarSession session;
    private final PulsarEndpoint target;
    private final PulsarDeadLetterLog log;
    private final Map<String, Producer<byte[]>> producers = new HashMap<>();
    private final Map<String, Reader<byte[]>> tails = new HashMap<>();
    private List<String> partitions = List.of();
    private KeyVersionIndex versions;

    ReplayPartitions(PulsarSession session, PulsarEndpoint target, PulsarDeadLetterLog log) {
        this.session = session;
        this.target = target;
        this.log = log;
        this.versions = log.versions();
    }

    /** Reads again from the start: there are new dead letters whose keys were not searched for. */
    void restart() {
        for (Reader<byte[]> tail : tails.values()) {
            var unused = tail.closeAsync();
        }
        tails.clear();
        versions = log.versions();
    }

    /** The partition that the message belongs to. */
    String of(OutboundMessage message) throws Exception {
        if (partitions.isEmpty()) {
            if (!session.exists(target.topic())) {
                throw new DestinationException("topic %s: not there".formatted(target.topic()));
            }
            partitions = session.partitions(target.topic());
        }
        return partitions.get(message.partition(partitions.size()));
    }

    /** Opens the producer, and reads what was written since the oldest open dead letter. */
    void readNew(String partition) throws Exception {
        openProducer(partition);
        Reader<byte[]> tail = tails.get(partition);
        if (tail == null) {
            tail = tail(partition);
            tails.put(partition, tail);
        }
        for (Optional<Message<byte[]>> each = session.next(tail);
                each.isPresent();
                each = session.next(tail)) {
            versions.addDelivered(PulsarDeadLetterLog.key(each.get()), each.get().getProperties());
        }
    }

    /**
     * A reader that starts at a time never returns if no message is that recent, so the publish
     * time of the last message is checked first.
     */
    private Reader<byte[]> tail(String partition) throws Exception {
        Instant since =
                log.oldest()
                        .map(DeadLetterMessage::time)
                        .orElse(Instant.now())
                        .minus(MAX_CLOCK_DIFFERENCE);
        Consumer<byte[]> subscription =
                session.subscribeDurably(partition, SubscriptionInitialPosition.Latest);
        Optional<MessageId> last = session.last(subscription);
        var unused = subscription.closeAsync();
        if (last.isEmpty()) {
            return session.open(
                    session.reader(partition).startMessageId(MessageId.earliest), partition);
        }
        if (publishTime(partition, last.get()) < since.toEpochMilli()) {
            return session.open(session.reader(partition).startMessageId(last.get()), partition);
        }
        long seconds = Duration.between(since, Instant.now()).toSeconds() + 1;
        return session.open(
                session.reader(partition)
                        .startMessageFromRollbackDuration(Math.max(1, seconds), TimeUnit.SECONDS),
                partition);
    }

    private long publishTime(String partition, MessageId id) throws Exception {
        Reader<byte[]> reader =
                session.open(
                        session.reader(partition).startMessageId(id).startMessageIdInclusive(),
                        partition);
        try {
            // deleted meanwhile: read as much as possible
            return session.next(reader).map(Message::getPublishTime).orElse(Long.MAX_VALUE);
        } finally {
            var unused = reader.closeAsync();
        }
    }

    private void openProducer(String partition) throws Exception {
        if (producers.containsKey(partition)) {
            return;
        }
        try {
            producers.put(
                    partition,
                    session.producer(
                            partition,
                            target.producerPrefix() + "replay-" + UUID.randomUUID(),
                            target.exclusive()
                                    ? ProducerAccessMode.Exclusive
                                    : ProducerAccessMode.Shared));
        } catch (PulsarClientException.ProducerFencedException
                | PulsarClientException.ProducerBusyException e) {
            throw new DestinationException(
                    ("topic %s: somebody has it for itself, most likely the running job, and Pulsar"
                                    + " lets nobody else write there meanwhile; stop the job, replay,"
                                    + " and start it again (%s)")
                            .formatted(partition, e.getMessage()),
                    e);
        }
    }

    /** Writes a message and waits for its acknowledgement. */
    void write(String partition, OutboundMessage message) throws Exception {
        Producer<byte[]> producer = producers.get(partition);
        if (producer.getLastSequenceId() >= message.number()) {
            // a broker with deduplication compares producer name and sequence id
            session.await(producer.closeAsync(), "to let go of " + partition);
            producers.remove(partition);
            openProducer(partition);
        }
        CompletableFuture<MessageId> ack = message.sendBy(producers.get(partition));
        while (!ack.isDone() && producers.get(partition).isConnected()) {
            awaitBriefly(ack);
        }
        if (!ack.isDone()) {
            // the future would complete only after the full send timeout
            throw new DestinationException(
                    "topic %s: the broker has ended our access, most likely because the job was started; the letter stays where it is"
                            .formatted(partition));
        }
        session.await(ack, "to write to " + partition);
    }

    private static void awaitBriefly(CompletableFuture<MessageId> ack) throws InterruptedException {
        try {
            ack.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException handledByCaller) {
            return;
        }
    }

    String supersededReason(DeadLetterMessage deadLetter) {
        return versions.supersededReason(deadLetter);
    }

    boolean isDelivered(DeadLetterMessage deadLetter) {
        return versions.isDelivered(deadLetter);
    }
}
