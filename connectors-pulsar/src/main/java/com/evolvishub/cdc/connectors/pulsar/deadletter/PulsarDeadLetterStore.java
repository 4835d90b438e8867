package com.evolvishub.cdc.connectors.pulsar.deadletter;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarErrorClassifier;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * The dead letters of one pipeline in {@code <topic>.dlq}. Pulsar cannot write the message and the
 * outcome record atomically: the message is written first, and if it is already in the topic, only
 * the outcome record is written. One replay or drop of a pipeline runs at a time.
 *
 * <p>A pipeline with exclusive access to its topic blocks a replay too: replay while the job is
 * stopped.
 */
public final class PulsarDeadLetterStore implements DeadLetterStore {

    private final PulsarEndpoint target;
    private volatile boolean closed;
    private volatile PulsarSession session;
    private PulsarDeadLetterLog log;
    private ReplayPartitions channels;
    private Producer<byte[]> outcomes;
    private Consumer<byte[]> retention;

    public PulsarDeadLetterStore(PulsarEndpoint target) {
        this.target = target;
    }

    private PulsarDeadLetterLog refreshed() throws Exception {
        if (session == null) {
            PulsarSession fresh = PulsarSession.of(target);
            session = fresh;
            if (closed) {
                fresh.close();
                throw new PulsarClientException.AlreadyClosedException("closed");
            }
            fresh.connect();
            log = new PulsarDeadLetterLog(fresh, target);
            channels = new ReplayPartitions(fresh, target, log);
        }
        if (log.refresh()) {
            channels.restart();
        }
        return log;
    }

    /** From here on, no other process can write outcome records of this pipeline. */
    private PulsarDeadLetterLog exclusiveLog() throws Exception {
        refreshed();
        if (outcomes == null) {
            String topic = session.partitions(target.deadLetterOutcomeTopic()).get(0);
            // without this subscription the broker would delete outcome records
            var unused =
                    session.subscribeDurably(topic, SubscriptionInitialPosition.Earliest)
                            .closeAsync();
            String name = target.producerPrefix() + "letters-" + UUID.randomUUID();
            try {
                outcomes = session.producer(topic, name, ProducerAccessMode.Exclusive);
            } catch (PulsarClientException.ProducerFencedException
                    | PulsarClientException.ProducerBusyException e) {
                throw new DestinationException(
                        "another replay or drop of this mapping's dead letters is at work", e);
            }
            retention =
                    session.subscribeDurably(
                            log.topic(),
                            target.deadLetterSubscription(),
                            SubscriptionInitialPosition.Earliest);
            // read what the previous replay or drop has written
            refreshed();
        }
        return log;
    }

    @Override
    public List<DeadLetter> listAfter(String id, int atMost) throws Exception {
        return refreshed().openAfter(id, atMost).stream().map(this::describe).toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws Exception {
        return refreshed().findOpen(id).map(this::describe);
    }

    private DeadLetter describe(DeadLetterMessage deadLetter) {
        return deadLetter.toDeadLetter(channels.supersededReason(deadLetter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws Exception {
        Optional<DeadLetterMessage> found = exclusiveLog().findOpen(wanted.id());
        if (found.isEmpty()) {
            return Optional.of("it is not there any more");
        }
        DeadLetterMessage deadLetter = found.get();
        Optional<String> reason = deadLetter.replayBlocker();
        if (reason.isEmpty()) {
            reason = write(deadLetter, rule);
        }
        if (reason.isEmpty()) {
            writeOutcome(deadLetter, "replayed");
        }
        return reason;
    }

    private Optional<String> write(DeadLetterMessage deadLetter, ReplayPolicy rule)
            throws Exception {
        OutboundMessage message = message(deadLetter);
        int limit = session.largestMessage();
        if (!message.fits(limit)) {
            return Optional.of(
                    "refused again: its message of %d bytes is above the limit of %d (maxMessageSize)"
                            .formatted(message.message().size(), limit));
        }
        String partition = channels.of(message);
        channels.readNew(partition);
        if (channels.isDelivered(deadLetter)) {
            // an earlier replay stopped before it could write the outcome record
            return Optional.empty();
        }
        String newer = channels.supersededReason(deadLetter);
        if (!newer.isEmpty() && rule == ReplayPolicy.REFUSE_SUPERSEDED) {
            return Optional.of(newer);
        }
        try {
            channels.write(partition, message);
            return Optional.empty();
        } catch (PulsarClientException.NotAllowedException e) {
            return Optional.of("refused again: " + e.getMessage());
        }
    }

    private static OutboundMessage message(DeadLetterMessage deadLetter) {
        List<Attribute> attributes = new ArrayList<>();
        deadLetter
                .messageAttributes()
                .forEach((name, value) -> attributes.add(new Attribute(name, value)));
        return OutboundMessage.of(
                deadLetter.sequence(),
                new EncodedMessage(deadLetter.key(), deadLetter.payload(), attributes));
    }

    private void writeOutcome(DeadLetterMessage deadLetter, String outcome) throws Exception {
        session.await(
                outcomes.newMessage()
                        .property(PulsarDeadLetterLog.DEAD_LETTER, deadLetter.id())
                        .property("outcome", outcome)
                        .property("event_id", deadLetter.attributes().get("event_id"))
                        .property("time", Instant.now().toString())
                        .value(new byte[0])
                        .sendAsync(),
                "to write to " + target.deadLetterOutcomeTopic());
        log.markDone(deadLetter);
        Optional<MessageId> position = log.settledUpTo();
        if (position.isPresent()) {
            session.await(
                    retention.acknowledgeCumulativeAsync(position.get()),
                    "to let go of dead letters");
        }
    }

    @Override
    public void drop(DeadLetter wanted) throws Exception {
        Optional<DeadLetterMessage> found = exclusiveLog().findOpen(wanted.id());
        if (found.isPresent()) {
            writeOutcome(found.get(), "dropped");
        }
    }

    @Override
    public FailureKind classify(Exception failure) {
        return closed ? FailureKind.TRANSIENT : PulsarErrorClassifier.classify(failure);
    }

    @Override
    public void close() {
        closed = true;
        PulsarSession current = session;
        if (current != null) {
            current.close();
        }
    }
}
