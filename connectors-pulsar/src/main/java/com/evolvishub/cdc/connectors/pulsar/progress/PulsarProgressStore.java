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
 * The pipeline's progress topic, of which only the last message counts. Its producer fences every
 * earlier one: an acknowledged record proves that no other writer has taken over before it.
 */
public final class PulsarProgressStore {

    private final PulsarSession session;
    private final String topic;
    private final Consumer<byte[]> retention;
    private Producer<byte[]> producer;
    private volatile PulsarProgressRecord last;
    private volatile PulsarProgressRecord takeover;
    private CompletableFuture<MessageId> writing = CompletableFuture.completedFuture(null);
    private MessageId lastRetained;

    private PulsarProgressStore(PulsarSession session, String topic, Consumer<byte[]> retention) {
        this.session = session;
        this.topic = topic;
        this.retention = retention;
    }

    /**
     * Takes over the pipeline: from here on the progress topic names this writer, and no earlier
     * writer can write to it.
     *
     * @throws FencedException if this writer may not take over; nothing was written
     */
    public static PulsarProgressStore takeOver(
            PulsarSession session, PulsarEndpoint target, WriterIdentity newWriter)
            throws Exception {
        // if the broker creates topics with partitions, one of them is enough
        String topic = session.partitions(target.progressTopic()).get(0);
        PulsarProgressStore store =
                new PulsarProgressStore(
                        session,
                        topic,
                        session.subscribeDurably(topic, SubscriptionInitialPosition.Earliest));
        store.read(newWriter).requireTakeoverAllowed(newWriter);
        store.producer =
                session.producer(
                        topic,
                        target.producerPrefix() + "ledger-" + newWriter.writer(),
                        ProducerAccessMode.ExclusiveWithFencing);
        // another writer may have taken over between the read and the fencing
        PulsarProgressRecord before = store.read(newWriter);
        before.requireTakeoverAllowed(newWriter);
        MessageId recordId = store.write(before.takenOverBy(newWriter));
        store.listenFrom(recordId);
        return store;
    }

    private PulsarProgressRecord read(WriterIdentity newWriter) throws Exception {
        return read(retention).orElse(PulsarProgressRecord.none(newWriter.identity()));
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

    /** A new writer writes to this topic, so that a stale writer notices it early. */
    private void listenFrom(MessageId recordId) throws Exception {
        session.open(
                session.reader(topic)
                        .startMessageId(recordId)
                        .readerListener((reader, message) -> onMessage(message)),
                topic);
    }

    private void onMessage(Message<byte[]> message) {
        try {
            PulsarProgressRecord other = PulsarProgressRecord.of(message);
            if (other.isTakeoverOf(last)) {
                takeover = other;
            }
        } catch (DestinationException e) {
            // written by another build; the next opening reports it
            return;
        }
    }

    /** The record that was written last. */
    public PulsarProgressRecord record() {
        return last;
    }

    /**
     * Fails if another writer is known to have taken over. Sends no request.
     *
     * @throws FencedException naming the new writer
     */
    public void failIfTakenOver() throws FencedException {
        PulsarProgressRecord other = takeover;
        if (other != null) {
            throw other.fencedException();
        }
    }

    /**
     * Reads the current writer from the topic, after an error.
     *
     * @throws FencedException naming the new writer
     */
    public void checkHolder() throws Exception {
        failIfTakenOver();
        // the connection of the retention subscription may be closed
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

    /** Writes a record and waits for its acknowledgement. */
    public MessageId write(PulsarProgressRecord record) throws Exception {
        MessageId id = session.await(send(record), "to write to " + topic);
        releaseBefore(id);
        return id;
    }

    /** Writes a record, and runs the callback once the broker has acknowledged it. */
    public void writeLater(PulsarProgressRecord record, Runnable onAcknowledged) {
        writing = send(record);
        var unused =
                writing.thenAccept(
                        id -> {
                            releaseBefore(id);
                            onAcknowledged.run();
                        });
    }

    /** Whether a record is still in flight. */
    public boolean isWriting() {
        return !writing.isDone();
    }

    private CompletableFuture<MessageId> send(PulsarProgressRecord record) {
        last = record;
        return producer.newMessage().properties(record.properties()).value(new byte[0]).sendAsync();
    }

    /** Releases what comes before this record; the record itself must stay. */
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
