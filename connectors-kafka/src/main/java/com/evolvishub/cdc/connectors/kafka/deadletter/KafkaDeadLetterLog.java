package com.evolvishub.cdc.connectors.kafka.deadletter;

import com.evolvishub.cdc.connectors.kafka.message.KafkaRecords;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.KeyVersionIndex;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * One pipeline's view of the dead letter topic. A log cannot delete single records: an outcome
 * record later in the same topic, with the id of the dead letter, says that it was replayed or
 * dropped. Outcome records have their own key and a value, so that a compacted topic keeps them.
 *
 * <p>Keeps all dead letters in memory, without their payloads.
 */
public final class KafkaDeadLetterLog {

    private static final String DEAD_LETTER = "letter";
    private static final String OUTCOME = "outcome";
    private static final String KEY_START = "evolvishub_cdc.outcome:";

    private final PartitionReader reader;
    private final String topic;
    private final String identity;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<String, Position> positions = new HashMap<>();
    private final TreeMap<Position, DeadLetterMessage> deadLetters =
            new TreeMap<>(
                    Comparator.comparing(Position::time)
                            .thenComparing(Position::partition)
                            .thenComparing(Position::offset));
    private final Set<String> done = new HashSet<>();

    private record Position(Instant time, int partition, long offset) {}

    /** The dead letter topic of a topic. */
    public static String topicOf(String topic) {
        return topic + ".dlq";
    }

    KafkaDeadLetterLog(PartitionReader reader, String topic, String identity) {
        this.reader = reader;
        this.topic = topic;
        this.identity = identity;
    }

    /** The outcome record of a dead letter. */
    static ProducerRecord<byte[], byte[]> outcomeRecord(
            String topic, DeadLetterMessage deadLetter, String outcome, Instant now) {
        List<Header> headers =
                List.of(
                        KafkaRecords.header(OUTCOME, outcome),
                        KafkaRecords.header(DEAD_LETTER, deadLetter.id()),
                        KafkaRecords.header("event_id", deadLetter.attributes().get("event_id")),
                        KafkaRecords.header(
                                "mapping", deadLetter.attributes().getOrDefault("mapping", "")),
                        KafkaRecords.header("time", now.toString()));
        return new ProducerRecord<>(
                topic,
                null,
                (KEY_START + deadLetter.id()).getBytes(StandardCharsets.UTF_8),
                outcome.getBytes(StandardCharsets.UTF_8),
                headers);
    }

    /**
     * Reads what was written since the last refresh.
     *
     * @param awaitOpenTransactions wait for transactions that are open now: an outcome record may
     *     be written after them
     * @return whether it contains dead letters
     */
    boolean refresh(List<TopicPartition> partitions, boolean awaitOpenTransactions)
            throws Exception {
        int before = deadLetters.size();
        for (TopicPartition partition : partitions) {
            IsolationLevel level = IsolationLevel.READ_COMMITTED;
            long end =
                    awaitOpenTransactions
                            ? reader.settledEndOffset(partition)
                            : reader.offset(partition, OffsetSpec.latest(), level);
            reader.read(
                    partition, next.getOrDefault(partition, 0L), end, level, this::handleRecord);
            next.put(partition, end);
        }
        return deadLetters.size() > before;
    }

    private void handleRecord(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> attributes = attributes(record);
        if (attributes.containsKey(OUTCOME)) {
            done.add(attributes.getOrDefault(DEAD_LETTER, ""));
            return;
        }
        deadLetter(record)
                .ifPresent(
                        deadLetter -> {
                            Position position =
                                    new Position(
                                            deadLetter.time(), record.partition(), record.offset());
                            positions.put(deadLetter.id(), position);
                            deadLetters.put(position, deadLetter.withoutPayload());
                        });
    }

    private Optional<DeadLetterMessage> deadLetter(ConsumerRecord<byte[], byte[]> record) {
        return DeadLetterMessage.parse(
                identity,
                record.partition() + "-" + record.offset(),
                Optional.ofNullable(record.key()),
                Optional.ofNullable(record.value()),
                attributes(record));
    }

    static Map<String, String> attributes(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (header.value() != null) {
                attributes.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return attributes;
    }

    /** All dead letters, including those already replayed or dropped. */
    KeyVersionIndex versions() {
        KeyVersionIndex versions = new KeyVersionIndex(identity);
        deadLetters.values().forEach(versions::addDeadLetter);
        return versions;
    }

    /** The time of the oldest dead letter that is still open. */
    Optional<Instant> oldest() {
        return deadLetters.values().stream()
                .filter(deadLetter -> !done.contains(deadLetter.id()))
                .findFirst()
                .map(DeadLetterMessage::time);
    }

    void markDone(DeadLetterMessage deadLetter) {
        done.add(deadLetter.id());
    }

    /** The dead letter with its payload, if it exists and is still open. */
    Optional<DeadLetterMessage> findOpen(String id) throws Exception {
        return positions.containsKey(id) && !done.contains(id)
                ? contents(List.of(id)).stream().findFirst()
                : Optional.empty();
    }

    /** Open dead letters after this one, with payload; from the oldest if the id is not known. */
    List<DeadLetterMessage> openAfter(String id, int atMost) throws Exception {
        return contents(idsAfter(id, atMost));
    }

    /** Dead letters in this order, without those that retention has deleted meanwhile. */
    private List<DeadLetterMessage> contents(List<String> ids) throws Exception {
        Map<Integer, LongSummaryStatistics> ranges = new TreeMap<>();
        for (String id : ids) {
            Position position = positions.get(id);
            ranges.computeIfAbsent(position.partition(), each -> new LongSummaryStatistics())
                    .accept(position.offset());
        }
        Set<String> wanted = new HashSet<>(ids);
        Map<String, DeadLetterMessage> found = new HashMap<>();
        for (Map.Entry<Integer, LongSummaryStatistics> range : ranges.entrySet()) {
            reader.read(
                    new TopicPartition(topic, range.getKey()),
                    range.getValue().getMin(),
                    range.getValue().getMax() + 1,
                    IsolationLevel.READ_UNCOMMITTED,
                    record ->
                            deadLetter(record)
                                    .filter(deadLetter -> wanted.contains(deadLetter.id()))
                                    .ifPresent(
                                            deadLetter -> found.put(deadLetter.id(), deadLetter)));
        }
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    private List<String> idsAfter(String id, int atMost) {
        Position position = positions.get(id);
        Map<Position, DeadLetterMessage> later =
                position == null ? deadLetters : deadLetters.tailMap(position, false);
        return later.values().stream()
                .map(DeadLetterMessage::id)
                .filter(each -> !done.contains(each))
                .limit(atMost)
                .toList();
    }
}
