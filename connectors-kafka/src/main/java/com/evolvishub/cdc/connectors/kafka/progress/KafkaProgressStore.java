package com.evolvishub.cdc.connectors.kafka.progress;

import com.evolvishub.cdc.connectors.kafka.session.KafkaFutures;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The compacted topic that says, lane by lane, who writes and what number was written last. Each
 * batch adds a record to it in the batch's own transaction.
 */
public final class KafkaProgressStore {

    public static final String TOPIC = "evolvishub_cdc.ledger";

    /** Fixed, and not the topic's own count: a lane must be found where it was written. */
    public static final int PARTITIONS = 16;

    private static final Map<String, String> CONFIGS =
            Map.of(
                    "cleanup.policy",
                    "compact",
                    // small segments and an eager cleaner: little to read when a lane is opened
                    "segment.bytes",
                    "16777216",
                    "min.cleanable.dirty.ratio",
                    "0.1");

    private static final long FIRST_LOOK = 1000;
    private static final long WIDER = 16;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration OPENING = Duration.ofSeconds(1);

    private final KafkaSession session;
    private final Duration maxWait;
    private final byte[] key;
    private final TopicPartition partition;

    /**
     * The ledger as one lane sees it.
     *
     * @param lane the lane's name
     * @param patience how long somebody else's open transaction may hide what stands here
     */
    public KafkaProgressStore(KafkaSession session, String lane, Duration patience) {
        this.session = session;
        this.maxWait = patience;
        this.key = lane.getBytes(StandardCharsets.UTF_8);
        this.partition = new TopicPartition(TOPIC, partitionOf(lane));
    }

    public static int partitionOf(String lane) {
        return Math.floorMod(lane.hashCode(), PARTITIONS);
    }

    /**
     * The topic as it has to be made: an acknowledged record is on one broker more than may be
     * lost, and no broker that lacks it becomes leader.
     */
    public static NewTopic topic(short replicas) {
        Map<String, String> configs = new HashMap<>(CONFIGS);
        configs.put("min.insync.replicas", Integer.toString(Math.max(1, replicas - 1)));
        configs.put("unclean.leader.election.enable", "false");
        return new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.of(replicas)).configs(configs);
    }

    /** The topic as far as a cluster lets it be made that chooses replicas by itself. */
    public static NewTopic plainTopic() {
        return new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty()).configs(CONFIGS);
    }

    public ProducerRecord<byte[], byte[]> record(KafkaProgressRecord entry) {
        return new ProducerRecord<>(TOPIC, partition.partition(), key, entry.encoded());
    }

    /** What stands there now, as far as it is committed; does not wait. */
    public KafkaProgressRecord readCommitted() throws Exception {
        return lastBefore(end(IsolationLevel.READ_COMMITTED));
    }

    /**
     * What stands there once every transaction that is open now has ended. After the lane's own
     * transactions were ended, that is what the lane holds.
     */
    public KafkaProgressRecord readSettled() throws Exception {
        return lastBefore(awaitCommittedUpTo(end(IsolationLevel.READ_UNCOMMITTED)));
    }

    /**
     * Who has taken the lane from this holder. Waits a little for one that has shut the holder out
     * and is about to write itself down: opening the lane now would shut out that one in turn.
     *
     * @return the rival's entry; empty: the holder's own is the last one
     */
    public Optional<KafkaProgressRecord> newerHolderThan(KafkaProgressRecord holder)
            throws Exception {
        long deadline = System.nanoTime() + OPENING.toNanos();
        while (true) {
            KafkaProgressRecord now = readSettled();
            if (!now.writer().equals(holder.writer()) && now.epoch() > holder.epoch()) {
                return Optional.of(now);
            }
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /** Waits until everyone can read what was committed up to this offset. */
    public long awaitCommittedUpTo(long offset) throws Exception {
        long deadline = System.nanoTime() + maxWait.toNanos();
        long pause = 1;
        while (true) {
            session.stopIfClosed();
            long committed = end(IsolationLevel.READ_COMMITTED);
            if (committed >= offset) {
                return committed;
            }
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "another writer's transaction in %s has been open for more than %d s"
                                .formatted(partition, maxWait.toSeconds()));
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, 100);
        }
    }

    private long end(IsolationLevel level) throws Exception {
        return offset(OffsetSpec.latest(), level);
    }

    private long offset(OffsetSpec which, IsolationLevel level) throws Exception {
        return KafkaFutures.of(
                        session.admin()
                                .listOffsets(
                                        Map.of(partition, which), new ListOffsetsOptions(level))
                                .partitionResult(partition))
                .offset();
    }

    /** Looks backwards in growing steps: a lane that is busy has written close to the end. */
    private KafkaProgressRecord lastBefore(long end) throws Exception {
        long begin = offset(OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
        Consumer<byte[], byte[]> consumer = session.consumer(IsolationLevel.READ_COMMITTED);
        try {
            consumer.assign(List.of(partition));
            long to = end;
            long step = FIRST_LOOK;
            while (to > begin) {
                long from = Math.max(begin, to - step);
                Optional<KafkaProgressRecord> found = lastBetween(consumer, from, to);
                if (found.isPresent()) {
                    return found.get();
                }
                to = from;
                step *= WIDER;
            }
            return KafkaProgressRecord.NONE;
        } finally {
            consumer.close(Duration.ZERO);
        }
    }

    private Optional<KafkaProgressRecord> lastBetween(
            Consumer<byte[], byte[]> consumer, long from, long to) {
        Optional<KafkaProgressRecord> last = Optional.empty();
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + maxWait.toNanos();
        while (consumer.position(partition) < to) {
            session.stopIfClosed();
            if (System.nanoTime() > deadline) {
                throw new KafkaException("%s cannot be read to its end".formatted(partition));
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
                if (record.offset() < to && Arrays.equals(record.key(), key)) {
                    last =
                            Optional.of(
                                    record.value() == null
                                            ? KafkaProgressRecord.NONE
                                            : KafkaProgressRecord.decoded(record.value()));
                }
            }
        }
        return last;
    }
}
