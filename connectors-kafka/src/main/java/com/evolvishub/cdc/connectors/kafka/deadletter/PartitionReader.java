package com.evolvishub.cdc.connectors.kafka.deadletter;

import com.evolvishub.cdc.connectors.kafka.session.KafkaFutures;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads ranges of partitions whose end offsets are known. Used by one thread. */
final class PartitionReader {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final KafkaSession session;
    private final Duration maxWait;

    /**
     * @param maxWait how long a read may stay without progress before its end
     */
    PartitionReader(KafkaSession session, Duration maxWait) {
        this.session = session;
        this.maxWait = maxWait;
    }

    /** Receives each record. */
    interface RecordHandler {
        void on(ConsumerRecord<byte[], byte[]> record) throws Exception;
    }

    /** The end offset for this isolation level, or the first offset of a time. */
    long offset(TopicPartition partition, OffsetSpec which, IsolationLevel level) throws Exception {
        return KafkaFutures.of(
                        session.admin()
                                .listOffsets(
                                        Map.of(partition, which), new ListOffsetsOptions(level))
                                .partitionResult(partition))
                .offset();
    }

    /** The end offset once every transaction that is open now has ended. */
    long settledEndOffset(TopicPartition partition) throws Exception {
        long end = offset(partition, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        long deadline = System.nanoTime() + maxWait.toNanos();
        while (true) {
            long committed = offset(partition, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
            if (committed >= end) {
                return committed;
            }
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "another writer's transaction in %s has been open for more than %d s"
                                .formatted(partition, maxWait.toSeconds()));
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** Reads the records of an offset range that still exist; {@code to} is exclusive. */
    void read(
            TopicPartition partition,
            long from,
            long to,
            IsolationLevel level,
            RecordHandler handler)
            throws Exception {
        long begin = Math.max(from, offset(partition, OffsetSpec.earliest(), level));
        if (begin >= to) {
            return;
        }
        Consumer<byte[], byte[]> consumer = session.consumer(level);
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, begin);
            long deadline = System.nanoTime() + maxWait.toNanos();
            for (long at = begin; at < to; ) {
                session.stopIfClosed();
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(POLL).records(partition)) {
                    if (record.offset() < to) {
                        handler.on(record);
                    }
                }
                if (consumer.position(partition) > at) {
                    at = consumer.position(partition);
                    deadline = System.nanoTime() + maxWait.toNanos();
                } else if (System.nanoTime() > deadline) {
                    throw new KafkaException("%s cannot be read to its end".formatted(partition));
                }
            }
        } finally {
            consumer.close(Duration.ZERO);
        }
    }
}
