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
 * Reads what the topic holds since the oldest open dead letter was written. Reads each partition
 * once and continues from there.
 */
final class DeliveredTailReader {

    /** Upper bound of the clock difference between machines that write to the topic. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(5);

    private final PartitionReader reader;
    private final KafkaDeadLetterLog log;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private KeyVersionIndex versions;

    DeliveredTailReader(PartitionReader reader, KafkaDeadLetterLog log) {
        this.reader = reader;
        this.log = log;
        this.versions = log.versions();
    }

    /** Reads again from the start: there are new dead letters whose keys were not searched for. */
    void restart() {
        next.clear();
        versions = log.versions();
    }

    /** Reads the committed records up to the current end of the partitions. */
    void readToEnd(List<TopicPartition> partitions) throws Exception {
        for (TopicPartition partition : partitions) {
            IsolationLevel level = IsolationLevel.READ_COMMITTED;
            read(partition, reader.offset(partition, OffsetSpec.latest(), level), level);
        }
    }

    /** Reads the records before this offset, including those not committed yet. */
    void readUpTo(TopicPartition partition, long offset) throws Exception {
        read(partition, offset, IsolationLevel.READ_UNCOMMITTED);
    }

    private void read(TopicPartition partition, long to, IsolationLevel level) throws Exception {
        Long from = next.get(partition);
        reader.read(
                partition, from == null ? start(partition) : from, to, level, this::handleRecord);
        next.put(partition, to);
    }

    private long start(TopicPartition partition) throws Exception {
        IsolationLevel level = IsolationLevel.READ_UNCOMMITTED;
        long end = reader.offset(partition, OffsetSpec.latest(), level);
        if (log.oldest().isEmpty()) {
            return end;
        }
        long since = log.oldest().get().minus(MAX_CLOCK_DIFFERENCE).toEpochMilli();
        long start = reader.offset(partition, OffsetSpec.forTimestamp(since), level);
        // no record is that recent: read from the end
        return start < 0 ? end : start;
    }

    private void handleRecord(ConsumerRecord<byte[], byte[]> record) {
        versions.addDelivered(
                Optional.ofNullable(record.key()), KafkaDeadLetterLog.attributes(record));
    }

    String supersededReason(DeadLetterMessage deadLetter) {
        return versions.supersededReason(deadLetter);
    }

    boolean isDelivered(DeadLetterMessage deadLetter) {
        return versions.isDelivered(deadLetter);
    }
}
