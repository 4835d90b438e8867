package com.evolvishub.cdc.connectors.pulsar.deadletter;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.KeyVersionIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.MessageIdAdv;
import org.apache.pulsar.client.api.Reader;

/**
 * The topic of dead letters as one lane sees it. Readers of Pulsar cannot ask which messages a
 * subscription has acknowledged, and a running job has the topic's producer for itself: what became
 * of a letter stands in a topic of the lane's own, as a mark with the letter's id.
 *
 * <p>Keeps heads of all letters in memory, not their content.
 */
final class PulsarDeadLetterLog {

    static final String MARK_OF = "letter";

    private final PulsarSession session;
    private final PulsarEndpoint target;
    private final String identity;
    private final List<Place> all = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private Reader<byte[]> letters;
    private Reader<byte[]> marks;

    /** A message of the topic; its head is there if it is a letter of the lane. */
    private record Place(MessageId at, Optional<DeadLetterMessage> head) {}

    PulsarDeadLetterLog(PulsarSession session, PulsarEndpoint target) {
        this.session = session;
        this.target = target;
        this.identity = target.pipeline().identity();
    }

    /**
     * Reads what came since the last look.
     *
     * @return whether there were letters among it
     */
    boolean refresh() throws Exception {
        if (marks == null && session.exists(target.deadLetterOutcomeTopic())) {
            marks = reader(session.partitions(target.deadLetterOutcomeTopic()).get(0));
        }
        if (letters == null && session.exists(target.deadLetterTopic())) {
            letters = reader(topic());
        }
        boolean any = false;
        for (Message<byte[]> message : unread(letters)) {
            Optional<DeadLetterMessage> letter = letter(message);
            letter.ifPresent(found -> places.put(found.id(), all.size()));
            all.add(
                    new Place(
                            message.getMessageId(), letter.map(DeadLetterMessage::withoutPayload)));
            any |= letter.isPresent();
        }
        for (Message<byte[]> message : unread(marks)) {
            done.add(String.valueOf(message.getProperty(MARK_OF)));
        }
        return any;
    }

    private Reader<byte[]> reader(String topic) throws Exception {
        return session.open(session.reader(topic).startMessageId(MessageId.earliest), topic);
    }

    /** The partition that letters are in. */
    String topic() throws Exception {
        return session.partitions(target.deadLetterTopic()).get(0);
    }

    private List<Message<byte[]>> unread(Reader<byte[]> reader) throws Exception {
        List<Message<byte[]>> unread = new ArrayList<>();
        if (reader != null) {
            for (Optional<Message<byte[]>> each = session.next(reader);
                    each.isPresent();
                    each = session.next(reader)) {
                unread.add(each.get());
            }
        }
        return unread;
    }

    private Optional<DeadLetterMessage> letter(Message<byte[]> message) {
        MessageIdAdv at = (MessageIdAdv) message.getMessageId();
        String batched = at.getBatchIndex() < 0 ? "" : "-" + at.getBatchIndex();
        return DeadLetterMessage.parse(
                identity,
                at.getLedgerId() + "-" + at.getEntryId() + batched,
                key(message),
                Optional.of(message.getData()).filter(data -> data.length > 0),
                message.getProperties());
    }

    static Optional<byte[]> key(Message<byte[]> message) {
        return message.hasKey()
                ? Optional.of(message.getKey().getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** All letters, done ones too. */
    KeyVersionIndex versions() {
        KeyVersionIndex versions = new KeyVersionIndex(identity);
        all.forEach(place -> place.head().ifPresent(versions::addDeadLetter));
        return versions;
    }

    /** The oldest of those that are not done. */
    Optional<DeadLetterMessage> oldest() {
        return all.stream()
                .flatMap(place -> place.head().stream())
                .filter(this::isOpen)
                .findFirst();
    }

    private boolean isOpen(DeadLetterMessage letter) {
        return !done.contains(letter.id());
    }

    /** Up to which message nothing is open any more; empty: the first one is. */
    Optional<MessageId> settledUpTo() {
        Optional<MessageId> last = Optional.empty();
        for (Place place : all) {
            if (place.head().filter(this::isOpen).isPresent()) {
                break;
            }
            last = Optional.of(place.at());
        }
        return last;
    }

    void markDone(DeadLetterMessage letter) {
        done.add(letter.id());
    }

    /** The letter with its content, if it is there and nothing became of it yet. */
    Optional<DeadLetterMessage> findOpen(String id) throws Exception {
        return places.containsKey(id) && !done.contains(id)
                ? contents(List.of(id)).stream().findFirst()
                : Optional.empty();
    }

    /** Open letters behind this one with their content; behind no known one: from the oldest on. */
    List<DeadLetterMessage> openAfter(String id, int atMost) throws Exception {
        int from = places.containsKey(id) ? places.get(id) + 1 : 0;
        return contents(
                all.subList(from, all.size()).stream()
                        .flatMap(place -> place.head().stream())
                        .filter(this::isOpen)
                        .limit(atMost)
                        .map(DeadLetterMessage::id)
                        .toList());
    }

    /** Letters in the topic's order; one that it has let go of meanwhile is left out. */
    private List<DeadLetterMessage> contents(List<String> ids) throws Exception {
        if (ids.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = new HashSet<>(ids);
        List<DeadLetterMessage> found = new ArrayList<>();
        Place first = all.get(places.get(ids.get(0)));
        Place last = all.get(places.get(ids.get(ids.size() - 1)));
        String topic = topic();
        Reader<byte[]> reader =
                session.open(
                        session.reader(topic).startMessageId(first.at()).startMessageIdInclusive(),
                        topic);
        try {
            boolean more = true;
            for (Optional<Message<byte[]>> each = session.next(reader);
                    more && each.isPresent();
                    each = more ? session.next(reader) : each) {
                letter(each.get())
                        .filter(letter -> wanted.contains(letter.id()))
                        .ifPresent(found::add);
                more = each.get().getMessageId().compareTo(last.at()) < 0;
            }
        } finally {
            var unused = reader.closeAsync();
        }
        return found;
    }
}
