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
 * One pipeline's view of the dead letter topic. Readers of Pulsar cannot query which messages a
 * subscription has acknowledged, and a running job holds the topic's exclusive producer: outcome
 * records with the id of the dead letter are therefore written to a topic of the pipeline's own.
 *
 * <p>Keeps all dead letters in memory, without their payloads.
 */
final class PulsarDeadLetterLog {

    static final String DEAD_LETTER = "letter";

    private final PulsarSession session;
    private final PulsarEndpoint target;
    private final String identity;
    private final List<Position> all = new ArrayList<>();
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private Reader<byte[]> deadLetterReader;
    private Reader<byte[]> outcomeReader;

    /** A message of the topic; {@code deadLetter} is empty if another pipeline wrote it. */
    private record Position(MessageId id, Optional<DeadLetterMessage> deadLetter) {}

    PulsarDeadLetterLog(PulsarSession session, PulsarEndpoint target) {
        this.session = session;
        this.target = target;
        this.identity = target.pipeline().identity();
    }

    /**
     * Reads what was written since the last refresh.
     *
     * @return whether it contains dead letters
     */
    boolean refresh() throws Exception {
        if (outcomeReader == null && session.exists(target.deadLetterOutcomeTopic())) {
            outcomeReader = reader(session.partitions(target.deadLetterOutcomeTopic()).get(0));
        }
        if (deadLetterReader == null && session.exists(target.deadLetterTopic())) {
            deadLetterReader = reader(topic());
        }
        boolean any = false;
        for (Message<byte[]> message : unread(deadLetterReader)) {
            Optional<DeadLetterMessage> deadLetter = deadLetter(message);
            deadLetter.ifPresent(found -> indexes.put(found.id(), all.size()));
            all.add(
                    new Position(
                            message.getMessageId(),
                            deadLetter.map(DeadLetterMessage::withoutPayload)));
            any |= deadLetter.isPresent();
        }
        for (Message<byte[]> message : unread(outcomeReader)) {
            done.add(String.valueOf(message.getProperty(DEAD_LETTER)));
        }
        return any;
    }

    private Reader<byte[]> reader(String topic) throws Exception {
        return session.open(session.reader(topic).startMessageId(MessageId.earliest), topic);
    }

    /** The partition that holds the dead letters. */
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

    private Optional<DeadLetterMessage> deadLetter(Message<byte[]> message) {
        MessageIdAdv id = (MessageIdAdv) message.getMessageId();
        String batched = id.getBatchIndex() < 0 ? "" : "-" + id.getBatchIndex();
        return DeadLetterMessage.parse(
                identity,
                id.getLedgerId() + "-" + id.getEntryId() + batched,
                key(message),
                Optional.of(message.getData()).filter(data -> data.length > 0),
                message.getProperties());
    }

    static Optional<byte[]> key(Message<byte[]> message) {
        return message.hasKey()
                ? Optional.of(message.getKey().getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** All dead letters, including those already replayed or dropped. */
    KeyVersionIndex versions() {
        KeyVersionIndex versions = new KeyVersionIndex(identity);
        all.forEach(position -> position.deadLetter().ifPresent(versions::addDeadLetter));
        return versions;
    }

    /** The oldest dead letter that is still open. */
    Optional<DeadLetterMessage> oldest() {
        return all.stream()
                .flatMap(position -> position.deadLetter().stream())
                .filter(this::isOpen)
                .findFirst();
    }

    private boolean isOpen(DeadLetterMessage deadLetter) {
        return !done.contains(deadLetter.id());
    }

    /** The last message before the first open dead letter; empty: the first message is open. */
    Optional<MessageId> settledUpTo() {
        Optional<MessageId> last = Optional.empty();
        for (Position position : all) {
            if (position.deadLetter().filter(this::isOpen).isPresent()) {
                break;
            }
            last = Optional.of(position.id());
        }
        return last;
    }

    void markDone(DeadLetterMessage deadLetter) {
        done.add(deadLetter.id());
    }

    /** The dead letter with its payload, if it exists and is still open. */
    Optional<DeadLetterMessage> findOpen(String id) throws Exception {
        return indexes.containsKey(id) && !done.contains(id)
                ? contents(List.of(id)).stream().findFirst()
                : Optional.empty();
    }

    /** Open dead letters after this one, with payload; from the oldest if the id is not known. */
    List<DeadLetterMessage> openAfter(String id, int atMost) throws Exception {
        int from = indexes.containsKey(id) ? indexes.get(id) + 1 : 0;
        return contents(
                all.subList(from, all.size()).stream()
                        .flatMap(position -> position.deadLetter().stream())
                        .filter(this::isOpen)
                        .limit(atMost)
                        .map(DeadLetterMessage::id)
                        .toList());
    }

    /** Dead letters in the topic's order, without those that retention has deleted meanwhile. */
    private List<DeadLetterMessage> contents(List<String> ids) throws Exception {
        if (ids.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = new HashSet<>(ids);
        List<DeadLetterMessage> found = new ArrayList<>();
        Position first = all.get(indexes.get(ids.get(0)));
        Position last = all.get(indexes.get(ids.get(ids.size() - 1)));
        String topic = topic();
        Reader<byte[]> reader =
                session.open(
                        session.reader(topic).startMessageId(first.id()).startMessageIdInclusive(),
                        topic);
        try {
            boolean more = true;
            for (Optional<Message<byte[]>> each = session.next(reader);
                    more && each.isPresent();
                    each = more ? session.next(reader) : each) {
                deadLetter(each.get())
                        .filter(deadLetter -> wanted.contains(deadLetter.id()))
                        .ifPresent(found::add);
                more = each.get().getMessageId().compareTo(last.id()) < 0;
            }
        } finally {
            var unused = reader.closeAsync();
        }
        return found;
    }
}
