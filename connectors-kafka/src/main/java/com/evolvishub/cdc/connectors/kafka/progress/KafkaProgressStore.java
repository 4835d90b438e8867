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
 * The compacted topic that holds the progress record of each pipeline: its writer and its last
 * sequence number. Each batch adds a record in its own transaction.
 */
public final class KafkaProgressStore {

    public static final String TOPIC = "evolvishub_cdc.ledger";

    /** Fixed, independent of the actual count: a pipeline always maps to the same partition. */
    public static final int PARTITIONS = 16;

    private static final Map<String, String> CONFIGS =
            Map.of(
                    "cleanup.policy",
                    "compact",
                    // small segments and frequent cleaning: little to read when a pipeline opens
                    "segment.bytes",
                    "16777216",
                    "min.cleanable.dirty.ratio",
                    "0.1");

    private static final long FIRST_STEP = 1000;
    private static final long STEP_FACTOR = 16;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration TAKEOVER_WAIT = Duration.ofSeconds(1);

    private final KafkaSession session;
    private final Duration maxWait;
    private final byte[] key;
    private final TopicPartition partition;

    /**
     * One pipeline's view of the progress topic.
     *
     * @param pipelineId the pipeline's key in the topic
     * @param maxWait how long an open transaction of another writer may delay a read
     */
    public KafkaProgressStore(KafkaSession session, String pipelineId, Duration maxWait) {
        this.session = session;
        this.maxWait = maxWait;
        this.key = pipelineId.getBytes(StandardCharsets.UTF_8);
        this.partition = new TopicPartition(TOPIC, partitionOf(pipelineId));
    }

    public static int partitionOf(String pipelineId) {
        return Math.floorMod(pipelineId.hashCode(), PARTITIONS);
    }

    /**
     * The progress topic as it must be created: an acknowledged record is on one broker more than
     * may be lost, and a broker without it cannot become leader.
     */
    public static NewTopic topic(short replicas) {
        Map<String, String> configs = new HashMap<>(CONFIGS);
        configs.put("min.insync.replicas", Integer.toString(Math.max(1, replicas - 1)));
        configs.put("unclean.leader.election.enable", "false");
        return new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.of(replicas)).configs(configs);
    }

    /** The progress topic for clusters that choose the replication themselves. */
    public static NewTopic plainTopic() {
        return new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty()).configs(CONFIGS);
    }

    public ProducerRecord<byte[], byte[]> record(KafkaProgressRecord progress) {
        return new ProducerRecord<>(TOPIC, partition.partition(), key, progress.encoded());
    }

    /** The last committed record; does not wait for open transactions. */
    public KafkaProgressRecord readCommitted() throws Exception {
        return lastBefore(end(IsolationLevel.READ_COMMITTED));
    }

    /**
     * The last record once every transaction that is open now has ended. After the pipeline's own
     * transactions were ended, this is its current progress.
     */
    public KafkaProgressRecord readSettled() throws Exception {
        return lastBefore(awaitCommittedUpTo(end(IsolationLevel.READ_UNCOMMITTED)));
    }

    /**
     * The writer that has taken over from this one. Waits up to 1 s for a writer that has fenced
     * this one but not yet written its record: opening the pipeline now would fence that one.
     *
     * @return the new writer's record; empty: this writer's record is the last one
     */
    public Optional<KafkaProgressRecord> newerHolderThan(KafkaProgressRecord current)
            throws Exception {
        long deadline = System.nanoTime() + TAKEOVER_WAIT.toNanos();
        while (true) {
            KafkaProgressRecord now = readSettled();
            if (!now.writer().equals(current.writer()) && now.epoch() > current.epoch()) {
                return Optional.of(now);
            }
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /** Waits until records up to this offset are visible to committed reads. */
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

    /** Reads backwards in growing steps: an active pipeline has a record near the end. */
    private KafkaProgressRecord lastBefore(long end) throws Exception {
        long begin = offset(OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
        Consumer<byte[], byte[]> consumer = session.consumer(IsolationLevel.READ_COMMITTED);
        try {
            consumer.assign(List.of(partition));
            long to = end;
            long step = FIRST_STEP;
            while (to > begin) {
                long from = Math.max(begin, to - step);
                Optional<KafkaProgressRecord> found = lastBetween(consumer, from, to);
                if (found.isPresent()) {
                    return found.get();
                }
                to = from;
                step *= STEP_FACTOR;
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
