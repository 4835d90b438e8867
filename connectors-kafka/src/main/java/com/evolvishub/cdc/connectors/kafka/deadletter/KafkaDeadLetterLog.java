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
 * The topic of dead letters as one lane sees it. A log gives up no single record: what became of a
 * letter stands in a later record of the same topic, a mark with the letter's place. A mark has a
 * key of its own and a value, so that a topic that is compacted keeps it.
 *
 * <p>Keeps heads of all letters in memory, not their content.
 */
public final class KafkaDeadLetterLog {

    private static final String MARK_OF = "letter";
    private static final String OUTCOME = "outcome";
    private static final String KEY_START = "evolvishub_cdc.outcome:";

    private final PartitionReader reads;
    private final String topic;
    private final String identity;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final TreeMap<Place, DeadLetterMessage> heads =
            new TreeMap<>(
                    Comparator.comparing(Place::time)
                            .thenComparing(Place::partition)
                            .thenComparing(Place::offset));
    private final Set<String> done = new HashSet<>();

    private record Place(Instant time, int partition, long offset) {}

    /** The topic for dead letters of a topic. */
    public static String topicOf(String topic) {
        return topic + ".dlq";
    }

    KafkaDeadLetterLog(PartitionReader reads, String topic, String identity) {
        this.reads = reads;
        this.topic = topic;
        this.identity = identity;
    }

    /** The mark that says what became of a letter. */
    static ProducerRecord<byte[], byte[]> outcomeRecord(
            String topic, DeadLetterMessage letter, String outcome, Instant now) {
        List<Header> headers =
                List.of(
                        KafkaRecords.header(OUTCOME, outcome),
                        KafkaRecords.header(MARK_OF, letter.id()),
                        KafkaRecords.header("event_id", letter.attributes().get("event_id")),
                        KafkaRecords.header(
                                "mapping", letter.attributes().getOrDefault("mapping", "")),
                        KafkaRecords.header("time", now.toString()));
        return new ProducerRecord<>(
                topic,
                null,
                (KEY_START + letter.id()).getBytes(StandardCharsets.UTF_8),
                outcome.getBytes(StandardCharsets.UTF_8),
                headers);
    }

    /**
     * Reads what came since the last look.
     *
     * @param settled wait for transactions that are open now: a mark may stand behind one of them
     * @return whether there were letters among it
     */
    boolean refresh(List<TopicPartition> partitions, boolean settled) throws Exception {
        int before = heads.size();
        for (TopicPartition partition : partitions) {
            IsolationLevel level = IsolationLevel.READ_COMMITTED;
            long end =
                    settled
                            ? reads.settledEndOffset(partition)
                            : reads.offset(partition, OffsetSpec.latest(), level);
            reads.read(partition, next.getOrDefault(partition, 0L), end, level, this::handleRecord);
            next.put(partition, end);
        }
        return heads.size() > before;
    }

    private void handleRecord(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> attributes = attributes(record);
        if (attributes.containsKey(OUTCOME)) {
            done.add(attributes.getOrDefault(MARK_OF, ""));
            return;
        }
        letter(record)
                .ifPresent(
                        letter -> {
                            Place place =
                                    new Place(letter.time(), record.partition(), record.offset());
                            places.put(letter.id(), place);
                            heads.put(place, letter.withoutPayload());
                        });
    }

    private Optional<DeadLetterMessage> letter(ConsumerRecord<byte[], byte[]> record) {
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

    /** All letters, done ones too. */
    KeyVersionIndex versions() {
        KeyVersionIndex versions = new KeyVersionIndex(identity);
        heads.values().forEach(versions::addDeadLetter);
        return versions;
    }

    /** When the oldest of those that are not done was put there. */
    Optional<Instant> oldest() {
        return heads.values().stream()
                .filter(letter -> !done.contains(letter.id()))
                .findFirst()
                .map(DeadLetterMessage::time);
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
        return contents(idsAfter(id, atMost));
    }

    /** Letters in this order; one that the topic has let go of meanwhile is left out. */
    private List<DeadLetterMessage> contents(List<String> ids) throws Exception {
        Map<Integer, LongSummaryStatistics> pieces = new TreeMap<>();
        for (String id : ids) {
            Place place = places.get(id);
            pieces.computeIfAbsent(place.partition(), each -> new LongSummaryStatistics())
                    .accept(place.offset());
        }
        Set<String> wanted = new HashSet<>(ids);
        Map<String, DeadLetterMessage> found = new HashMap<>();
        for (Map.Entry<Integer, LongSummaryStatistics> piece : pieces.entrySet()) {
            reads.read(
                    new TopicPartition(topic, piece.getKey()),
                    piece.getValue().getMin(),
                    piece.getValue().getMax() + 1,
                    IsolationLevel.READ_UNCOMMITTED,
                    record ->
                            letter(record)
                                    .filter(letter -> wanted.contains(letter.id()))
                                    .ifPresent(letter -> found.put(letter.id(), letter)));
        }
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    private List<String> idsAfter(String id, int atMost) {
        Place place = places.get(id);
        Map<Place, DeadLetterMessage> rest = place == null ? heads : heads.tailMap(place, false);
        return rest.values().stream()
                .map(DeadLetterMessage::id)
                .filter(each -> !done.contains(each))
                .limit(atMost)
                .toList();
    }
}
