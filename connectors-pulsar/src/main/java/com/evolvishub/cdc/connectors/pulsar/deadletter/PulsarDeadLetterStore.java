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
 * The dead letters of one lane in {@code <topic>.dlq}. Pulsar has nothing that makes the message
 * and the letter's mark appear as one: the message is written first, and a letter whose message is
 * found in the topic is only marked. One replay or drop of a lane works at a time.
 *
 * <p>A lane that has its topic for itself shuts out a replay too: it works while the job rests.
 */
public final class PulsarDeadLetterStore implements DeadLetterStore {

    private final PulsarEndpoint target;
    private volatile boolean closed;
    private volatile PulsarSession session;
    private PulsarDeadLetterLog letters;
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
            letters = new PulsarDeadLetterLog(fresh, target);
            channels = new ReplayPartitions(fresh, target, letters);
        }
        if (letters.refresh()) {
            channels.restart();
        }
        return letters;
    }

    /** From here on nobody else marks letters of this lane. */
    private PulsarDeadLetterLog exclusiveLog() throws Exception {
        refreshed();
        if (outcomes == null) {
            String topic = session.partitions(target.deadLetterOutcomeTopic()).get(0);
            // without it the broker would let go of marks
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
                            letters.topic(),
                            target.deadLetterSubscription(),
                            SubscriptionInitialPosition.Earliest);
            // what the one before has written
            refreshed();
        }
        return letters;
    }

    @Override
    public List<DeadLetter> listAfter(String id, int atMost) throws Exception {
        return refreshed().openAfter(id, atMost).stream().map(this::describe).toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws Exception {
        return refreshed().findOpen(id).map(this::describe);
    }

    private DeadLetter describe(DeadLetterMessage letter) {
        return letter.toDeadLetter(channels.supersededReason(letter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws Exception {
        Optional<DeadLetterMessage> found = exclusiveLog().findOpen(wanted.id());
        if (found.isEmpty()) {
            return Optional.of("it is not there any more");
        }
        DeadLetterMessage letter = found.get();
        Optional<String> reason = letter.replayBlocker();
        if (reason.isEmpty()) {
            reason = write(letter, rule);
        }
        if (reason.isEmpty()) {
            writeOutcome(letter, "replayed");
        }
        return reason;
    }

    private Optional<String> write(DeadLetterMessage letter, ReplayPolicy rule) throws Exception {
        OutboundMessage message = message(letter);
        int limit = session.largestMessage();
        if (!message.fits(limit)) {
            return Optional.of(
                    "refused again: its message of %d bytes is above the limit of %d (maxMessageSize)"
                            .formatted(message.message().size(), limit));
        }
        String partition = channels.of(message);
        channels.readNew(partition);
        if (channels.isDelivered(letter)) {
            // a replay that died before it could mark it
            return Optional.empty();
        }
        String newer = channels.supersededReason(letter);
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

    private static OutboundMessage message(DeadLetterMessage letter) {
        List<Attribute> attributes = new ArrayList<>();
        letter.messageAttributes()
                .forEach((name, value) -> attributes.add(new Attribute(name, value)));
        return OutboundMessage.of(
                letter.sequence(), new EncodedMessage(letter.key(), letter.payload(), attributes));
    }

    private void writeOutcome(DeadLetterMessage letter, String outcome) throws Exception {
        session.await(
                outcomes.newMessage()
                        .property(PulsarDeadLetterLog.MARK_OF, letter.id())
                        .property("outcome", outcome)
                        .property("event_id", letter.attributes().get("event_id"))
                        .property("time", Instant.now().toString())
                        .value(new byte[0])
                        .sendAsync(),
                "to write to " + target.deadLetterOutcomeTopic());
        letters.markDone(letter);
        Optional<MessageId> settled = letters.settledUpTo();
        if (settled.isPresent()) {
            session.await(
                    retention.acknowledgeCumulativeAsync(settled.get()),
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
        PulsarSession held = session;
        if (held != null) {
            held.close();
        }
    }
}
