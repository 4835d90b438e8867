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
 * The partitions of a lane's topic while its letters are replayed. Each one's producer has it for
 * itself where the lane has: nothing newer can come between the look and the write.
 */
final class ReplayPartitions {

    /** By so much the clocks of machines that wrote to the topic may differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private static final long LOOK_MILLIS = 20;

    private final PulsarSession session;
    private final PulsarEndpoint target;
    private final PulsarDeadLetterLog letters;
    private final Map<String, Producer<byte[]>> producers = new HashMap<>();
    private final Map<String, Reader<byte[]>> tails = new HashMap<>();
    private List<String> partitions = List.of();
    private KeyVersionIndex versions;

    ReplayPartitions(PulsarSession session, PulsarEndpoint target, PulsarDeadLetterLog letters) {
        this.session = session;
        this.target = target;
        this.letters = letters;
        this.versions = letters.versions();
    }

    /** There are letters now whose keys were not looked for. */
    void restart() {
        for (Reader<byte[]> tail : tails.values()) {
            var unused = tail.closeAsync();
        }
        tails.clear();
        versions = letters.versions();
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

    /** Keeps others from the partition, and reads what came to it since the oldest letter. */
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
     * A reader told to begin at a time waits for ever where nothing is as young; so the last
     * message is looked at first.
     */
    private Reader<byte[]> tail(String partition) throws Exception {
        Instant since =
                letters.oldest()
                        .map(DeadLetterMessage::time)
                        .orElse(Instant.now())
                        .minus(CLOCKS_DIFFER);
        Consumer<byte[]> keeper =
                session.subscribeDurably(partition, SubscriptionInitialPosition.Latest);
        Optional<MessageId> last = session.last(keeper);
        var unused = keeper.closeAsync();
        if (last.isEmpty()) {
            return session.open(
                    session.reader(partition).startMessageId(MessageId.earliest), partition);
        }
        if (publishTime(partition, last.get()) < since.toEpochMilli()) {
            return session.open(session.reader(partition).startMessageId(last.get()), partition);
        }
        long back = Duration.between(since, Instant.now()).toSeconds() + 1;
        return session.open(
                session.reader(partition)
                        .startMessageFromRollbackDuration(Math.max(1, back), TimeUnit.SECONDS),
                partition);
    }

    private long publishTime(String partition, MessageId at) throws Exception {
        Reader<byte[]> reader =
                session.open(
                        session.reader(partition).startMessageId(at).startMessageIdInclusive(),
                        partition);
        try {
            // gone meanwhile: read as much as there may be
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

    /** Writes a message and waits until the broker has it. */
    void write(String partition, OutboundMessage message) throws Exception {
        Producer<byte[]> producer = producers.get(partition);
        if (producer.getLastSequenceId() >= message.number()) {
            // a broker that drops what it knows goes by producer and number
            session.await(producer.closeAsync(), "to let go of " + partition);
            producers.remove(partition);
            openProducer(partition);
        }
        CompletableFuture<MessageId> answer = message.sendBy(producers.get(partition));
        while (!answer.isDone() && producers.get(partition).isConnected()) {
            awaitALittle(answer);
        }
        if (!answer.isDone()) {
            // it would not answer before its whole timeout is over
            throw new DestinationException(
                    "topic %s: the broker has ended our access, most likely because the job was started; the letter stays where it is"
                            .formatted(partition));
        }
        session.await(answer, "to write to " + partition);
    }

    private static void awaitALittle(CompletableFuture<MessageId> answer)
            throws InterruptedException {
        try {
            answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException seenByTheCaller) {
            return;
        }
    }

    String supersededReason(DeadLetterMessage letter) {
        return versions.supersededReason(letter);
    }

    boolean isDelivered(DeadLetterMessage letter) {
        return versions.isDelivered(letter);
    }
}
