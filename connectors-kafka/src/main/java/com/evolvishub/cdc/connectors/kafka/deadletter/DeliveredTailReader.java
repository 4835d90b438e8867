package com.evolvishub.cdc.connectors.kafka.deadletter;

import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.KeyVersionIndex;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * What the topic holds since the oldest open letter was put aside. Each partition is read once, and
 * from there on.
 */
final class DeliveredTailReader {

    /** By so much the clocks of machines that wrote to the topic may differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final PartitionReader reads;
    private final KafkaDeadLetterLog log;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private KeyVersionIndex versions;

    DeliveredTailReader(PartitionReader reads, KafkaDeadLetterLog log) {
        this.reads = reads;
        this.log = log;
        this.versions = log.versions();
    }

    /** There are letters now whose keys were not looked for. */
    void restart() {
        next.clear();
        versions = log.versions();
    }

    /** Reads what came to the partitions up to now, and is committed. */
    void readToEnd(List<TopicPartition> partitions) throws Exception {
        for (TopicPartition partition : partitions) {
            IsolationLevel level = IsolationLevel.READ_COMMITTED;
            read(partition, reads.offset(partition, OffsetSpec.latest(), level), level);
        }
    }

    /** Reads what stands before this offset, or may yet: also what is not committed. */
    void readUpTo(TopicPartition partition, long offset) throws Exception {
        read(partition, offset, IsolationLevel.READ_UNCOMMITTED);
    }

    private void read(TopicPartition partition, long to, IsolationLevel level) throws Exception {
        Long from = next.get(partition);
        reads.read(
                partition, from == null ? start(partition) : from, to, level, this::handleRecord);
        next.put(partition, to);
    }

    private long start(TopicPartition partition) throws Exception {
        IsolationLevel level = IsolationLevel.READ_UNCOMMITTED;
        long end = reads.offset(partition, OffsetSpec.latest(), level);
        if (log.oldest().isEmpty()) {
            return end;
        }
        long since = log.oldest().get().minus(CLOCKS_DIFFER).toEpochMilli();
        long start = reads.offset(partition, OffsetSpec.forTimestamp(since), level);
        // none is so young: what comes from now on is
        return start < 0 ? end : start;
    }

    private void handleRecord(ConsumerRecord<byte[], byte[]> record) {
        versions.addDelivered(
                Optional.ofNullable(record.key()), KafkaDeadLetterLog.attributes(record));
    }

    String supersededReason(DeadLetterMessage letter) {
        return versions.supersededReason(letter);
    }

    boolean isDelivered(DeadLetterMessage letter) {
        return versions.isDelivered(letter);
    }
}
