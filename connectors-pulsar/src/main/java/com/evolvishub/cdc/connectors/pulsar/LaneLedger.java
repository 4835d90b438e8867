package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
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
final class LaneLedger {

    private final PulsarSession session;
    private final String topic;
    private final Consumer<byte[]> keeper;
    private Producer<byte[]> producer;
    private volatile LedgerRecord last;
    private volatile LedgerRecord taken;
    private CompletableFuture<MessageId> writing = CompletableFuture.completedFuture(null);
    private MessageId kept;

    private LaneLedger(PulsarSession session, String topic, Consumer<byte[]> keeper) {
        this.session = session;
        this.topic = topic;
        this.keeper = keeper;
    }

    /**
     * Takes the lane: from here on the ledger names us, and no earlier holder can write to it.
     *
     * @throws FencedException if the lane may not be taken; the ledger was not written to
     */
    static LaneLedger take(PulsarSession session, PulsarTarget target, Lane lane) throws Exception {
        // where topics are made with partitions, one of them is enough
        String topic = session.partitions(target.ledgerTopic()).get(0);
        LaneLedger ledger =
                new LaneLedger(
                        session, topic, session.keep(topic, SubscriptionInitialPosition.Earliest));
        ledger.read(lane).refuse(lane);
        ledger.producer =
                session.producer(
                        topic,
                        target.producerPrefix() + "ledger-" + lane.writer(),
                        ProducerAccessMode.ExclusiveWithFencing);
        // somebody may have come between the look and the fence
        LedgerRecord before = ledger.read(lane);
        before.refuse(lane);
        MessageId ours = ledger.write(before.takenBy(lane));
        ledger.watchFrom(ours);
        return ledger;
    }

    private LedgerRecord read(Lane lane) throws Exception {
        return read(keeper).orElse(LedgerRecord.none(lane.identity()));
    }

    private Optional<LedgerRecord> read(Consumer<byte[]> consumer) throws Exception {
        Optional<MessageId> end = session.last(consumer);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        Reader<byte[]> reader =
                session.open(
                        session.reader(topic).startMessageId(end.get()).startMessageIdInclusive(),
                        topic);
        try {
            Optional<LedgerRecord> found = Optional.empty();
            for (Optional<Message<byte[]>> each = session.next(reader);
                    each.isPresent();
                    each = session.next(reader)) {
                found = Optional.of(LedgerRecord.of(each.get()));
            }
            return found;
        } finally {
            var unused = reader.closeAsync();
        }
    }

    /** Whoever takes the lane writes here: so that a zombie knows before it is told. */
    private void watchFrom(MessageId ours) throws Exception {
        session.open(
                session.reader(topic)
                        .startMessageId(ours)
                        .readerListener((reader, message) -> seen(message)),
                topic);
    }

    private void seen(Message<byte[]> message) {
        try {
            LedgerRecord other = LedgerRecord.of(message);
            if (other.isTakenFrom(last)) {
                taken = other;
            }
        } catch (DestinationException e) {
            // not ours to read; the next opening will say so
            return;
        }
    }

    /** What was written last. */
    LedgerRecord record() {
        return last;
    }

    /**
     * Refuses to go on if somebody is known to have taken the lane. Asks nobody.
     *
     * @throws FencedException naming the taker
     */
    void refuseIfTaken() throws FencedException {
        LedgerRecord other = taken;
        if (other != null) {
            throw other.fence();
        }
    }

    /**
     * Looks who holds the lane, after something went wrong.
     *
     * @throws FencedException naming the taker
     */
    void lookWhoHoldsIt() throws Exception {
        refuseIfTaken();
        // the connection that ours came over may be gone
        Consumer<byte[]> fresh = session.keep(topic, SubscriptionInitialPosition.Earliest);
        try {
            Optional<LedgerRecord> found = read(fresh);
            if (found.isPresent() && found.get().isTakenFrom(last)) {
                throw found.get().fence();
            }
        } finally {
            var unused = fresh.closeAsync();
        }
    }

    /** Writes a record and waits until the broker has it. */
    MessageId write(LedgerRecord record) throws Exception {
        MessageId id = session.await(send(record), "to write to " + topic);
        forget(id);
        return id;
    }

    /** Writes a record, and runs something once the broker has it. */
    void writeLater(LedgerRecord record, Runnable then) {
        writing = send(record);
        var unused =
                writing.thenAccept(
                        id -> {
                            forget(id);
                            then.run();
                        });
    }

    /** Whether an earlier record is still on its way. */
    boolean isWriting() {
        return !writing.isDone();
    }

    private CompletableFuture<MessageId> send(LedgerRecord record) {
        last = record;
        return producer.newMessage().properties(record.properties()).value(new byte[0]).sendAsync();
    }

    /** What lies before this record is of no more use; the record itself must stay. */
    private synchronized void forget(MessageId record) {
        if (kept != null) {
            var unused = keeper.acknowledgeCumulativeAsync(kept);
        }
        kept = record;
    }

    boolean isConnected() {
        return producer.isConnected();
    }
}
