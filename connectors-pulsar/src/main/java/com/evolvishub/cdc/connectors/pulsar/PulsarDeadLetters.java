package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.BusLetter;
import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
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
final class PulsarDeadLetters implements DeadLetters {

    private final PulsarTarget target;
    private volatile boolean closed;
    private volatile PulsarSession session;
    private LetterTopic letters;
    private LetterChannels channels;
    private Producer<byte[]> marks;
    private Consumer<byte[]> keeper;

    PulsarDeadLetters(PulsarTarget target) {
        this.target = target;
    }

    private LetterTopic refreshed() throws Exception {
        if (session == null) {
            PulsarSession fresh = PulsarSession.of(target);
            session = fresh;
            if (closed) {
                fresh.close();
                throw new PulsarClientException.AlreadyClosedException("closed");
            }
            fresh.connect();
            letters = new LetterTopic(fresh, target);
            channels = new LetterChannels(fresh, target, letters);
        }
        if (letters.refresh()) {
            channels.startAgain();
        }
        return letters;
    }

    /** From here on nobody else marks letters of this lane. */
    private LetterTopic held() throws Exception {
        refreshed();
        if (marks == null) {
            String topic = session.partitions(target.letterMarksTopic()).get(0);
            // without it the broker would let go of marks
            var unused = session.keep(topic, SubscriptionInitialPosition.Earliest).closeAsync();
            String name = target.producerPrefix() + "letters-" + UUID.randomUUID();
            try {
                marks = session.producer(topic, name, ProducerAccessMode.Exclusive);
            } catch (PulsarClientException.ProducerFencedException
                    | PulsarClientException.ProducerBusyException e) {
                throw new DestinationException(
                        "another replay or drop of this mapping's dead letters is at work", e);
            }
            keeper =
                    session.keep(
                            letters.topic(),
                            target.letterSubscription(),
                            SubscriptionInitialPosition.Earliest);
            // what the one before has written
            refreshed();
        }
        return letters;
    }

    @Override
    public List<DeadLetter> after(String id, int atMost) throws Exception {
        return refreshed().openAfter(id, atMost).stream().map(this::told).toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws Exception {
        return refreshed().open(id).map(this::told);
    }

    private DeadLetter told(BusLetter letter) {
        return letter.told(channels.newerThan(letter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayRule rule) throws Exception {
        Optional<BusLetter> found = held().open(wanted.id());
        if (found.isEmpty()) {
            return Optional.of("it is not there any more");
        }
        BusLetter letter = found.get();
        Optional<String> reason = letter.hindrance();
        if (reason.isEmpty()) {
            reason = write(letter, rule);
        }
        if (reason.isEmpty()) {
            mark(letter, "replayed");
        }
        return reason;
    }

    private Optional<String> write(BusLetter letter, ReplayRule rule) throws Exception {
        Outgoing message = message(letter);
        int limit = session.largestMessage();
        if (!message.fits(limit)) {
            return Optional.of(
                    "refused again: its message of %d bytes is above the limit of %d (maxMessageSize)"
                            .formatted(message.message().size(), limit));
        }
        String partition = channels.of(message);
        channels.look(partition);
        if (channels.isThere(letter)) {
            // a replay that died before it could mark it
            return Optional.empty();
        }
        String newer = channels.newerThan(letter);
        if (!newer.isEmpty() && rule == ReplayRule.REFUSE_SUPERSEDED) {
            return Optional.of(newer);
        }
        try {
            channels.write(partition, message);
            return Optional.empty();
        } catch (PulsarClientException.NotAllowedException e) {
            return Optional.of("refused again: " + e.getMessage());
        }
    }

    private static Outgoing message(BusLetter letter) {
        List<Attribute> attributes = new ArrayList<>();
        letter.messageAttributes()
                .forEach((name, value) -> attributes.add(new Attribute(name, value)));
        return Outgoing.of(
                letter.number(), new BusMessage(letter.key(), letter.payload(), attributes));
    }

    private void mark(BusLetter letter, String outcome) throws Exception {
        session.await(
                marks.newMessage()
                        .property(LetterTopic.MARK_OF, letter.id())
                        .property("outcome", outcome)
                        .property("event_id", letter.attributes().get("event_id"))
                        .property("time", Instant.now().toString())
                        .value(new byte[0])
                        .sendAsync(),
                "to write to " + target.letterMarksTopic());
        letters.isDone(letter);
        Optional<MessageId> settled = letters.settled();
        if (settled.isPresent()) {
            session.await(
                    keeper.acknowledgeCumulativeAsync(settled.get()), "to let go of dead letters");
        }
    }

    @Override
    public void drop(DeadLetter wanted) throws Exception {
        Optional<BusLetter> found = held().open(wanted.id());
        if (found.isPresent()) {
            mark(found.get(), "dropped");
        }
    }

    @Override
    public Failure classify(Exception failure) {
        return closed ? Failure.TRANSIENT : PulsarFailures.classify(failure);
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
