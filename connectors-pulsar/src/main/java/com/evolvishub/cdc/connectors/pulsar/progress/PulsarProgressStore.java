package com.evolvishub.cdc.connectors.pulsar.progress;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * The lane's own topic, of which only the last message counts. Its producer fences every earlier
 * one: a record that was acknowledged proves that nobody has taken the lane before it.
 */
public final class PulsarProgressStore {

    private final PulsarSession session;
    private final String topic;
    private final Consumer<byte[]> retention;
    private Producer<byte[]> producer;
    private volatile PulsarProgressRecord last;
    private volatile PulsarProgressRecord taken;
    private CompletableFuture<MessageId> writing = CompletableFuture.completedFuture(null);
    private MessageId lastRetained;

    private PulsarProgressStore(PulsarSession session, String topic, Consumer<byte[]> keeper) {
        this.session = session;
        this.topic = topic;
        this.retention = keeper;
    }

    /**
     * Takes the lane: from here on the ledger names us, and no earlier holder can write to it.
     *
     * @throws FencedException if the lane may not be taken; the ledger was not written to
     */
    public static PulsarProgressStore takeOver(
            PulsarSession session, PulsarEndpoint target, WriterIdentity lane) throws Exception {
        // where topics are made with partitions, one of them is enough
        String topic = session.partitions(target.progressTopic()).get(0);
        PulsarProgressStore ledger =
                new PulsarProgressStore(
                        session,
                        topic,
                        session.subscribeDurably(topic, SubscriptionInitialPosition.Earliest));
        ledger.read(lane).requireTakeoverAllowed(lane);
        ledger.producer =
                session.producer(
                        topic,
                        target.producerPrefix() + "ledger-" + lane.writer(),
                        ProducerAccessMode.ExclusiveWithFencing);
        // somebody may have come between the look and the fence
        PulsarProgressRecord before = ledger.read(lane);
        before.requireTakeoverAllowed(lane);
        MessageId ours = ledger.write(before.takenOverBy(lane));
        ledger.listenFrom(ours);
        return ledger;
    }

    private PulsarProgressRecord read(WriterIdentity lane) throws Exception {
        return read(retention).orElse(PulsarProgressRecord.none(lane.identity()));
    }

    private Optional<PulsarProgressRecord> read(Consumer<byte[]> consumer) throws Exception {
        Optional<MessageId> end = session.last(consumer);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        Reader<byte[]> reader =
                session.open(
                        session.reader(topic).startMessageId(end.get()).startMessageIdInclusive(),
                        topic);
        try {
            Optional<PulsarProgressRecord> found = Optional.empty();
            for (Optional<Message<byte[]>> each = session.next(reader);
                    each.isPresent();
                    each = session.next(reader)) {
                found = Optional.of(PulsarProgressRecord.of(each.get()));
            }
            return found;
        } finally {
            var unused = reader.closeAsync();
        }
    }

    /** Whoever takes the lane writes here: so that a zombie knows before it is told. */
    private void listenFrom(MessageId ours) throws Exception {
        session.open(
                session.reader(topic)
                        .startMessageId(ours)
                        .readerListener((reader, message) -> onMessage(message)),
                topic);
    }

    private void onMessage(Message<byte[]> message) {
        try {
            PulsarProgressRecord other = PulsarProgressRecord.of(message);
            if (other.isTakeoverOf(last)) {
                taken = other;
            }
        } catch (DestinationException e) {
            // not ours to read; the next opening will say so
            return;
        }
    }

    /** What was written last. */
    public PulsarProgressRecord record() {
        return last;
    }

    /**
     * Refuses to go on if somebody is known to have taken the lane. Asks nobody.
     *
     * @throws FencedException naming the taker
     */
    public void failIfTakenOver() throws FencedException {
        PulsarProgressRecord other = taken;
        if (other != null) {
            throw other.fencedException();
        }
    }

    /**
     * Looks who holds the lane, after something went wrong.
     *
     * @throws FencedException naming the taker
     */
    public void checkHolder() throws Exception {
        failIfTakenOver();
        // the connection that ours came over may be gone
        Consumer<byte[]> fresh =
                session.subscribeDurably(topic, SubscriptionInitialPosition.Earliest);
        try {
            Optional<PulsarProgressRecord> found = read(fresh);
            if (found.isPresent() && found.get().isTakeoverOf(last)) {
                throw found.get().fencedException();
            }
        } finally {
            var unused = fresh.closeAsync();
        }
    }

    /** Writes a record and waits until the broker has it. */
    public MessageId write(PulsarProgressRecord record) throws Exception {
        MessageId id = session.await(send(record), "to write to " + topic);
        releaseBefore(id);
        return id;
    }

    /** Writes a record, and runs something once the broker has it. */
    public void writeLater(PulsarProgressRecord record, Runnable then) {
        writing = send(record);
        var unused =
                writing.thenAccept(
                        id -> {
                            releaseBefore(id);
                            then.run();
                        });
    }

    /** Whether an earlier record is still on its way. */
    public boolean isWriting() {
        return !writing.isDone();
    }

    private CompletableFuture<MessageId> send(PulsarProgressRecord record) {
        last = record;
        return producer.newMessage().properties(record.properties()).value(new byte[0]).sendAsync();
    }

    /** What lies before this record is of no more use; the record itself must stay. */
    private synchronized void releaseBefore(MessageId record) {
        if (lastRetained != null) {
            var unused = retention.acknowledgeCumulativeAsync(lastRetained);
        }
        lastRetained = record;
    }

    public boolean isConnected() {
        return producer.isConnected();
    }
}
