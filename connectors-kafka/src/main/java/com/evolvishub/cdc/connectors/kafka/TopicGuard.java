package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps rows out of a topic that is not the one that earlier rows were delivered to, or that has
 * lost some of them. A topic's identity is the id that the brokers have given it.
 */
final class TopicGuard {

    private final KafkaSession session;
    private final Topics topics;
    private final String topic;
    private final String mapping;
    private String expected = "";
    private long delivered;
    private String current = "";

    TopicGuard(KafkaSession session, Topics topics, String topic, String mapping) {
        this.session = session;
        this.topics = topics;
        this.topic = topic;
        this.mapping = mapping;
    }

    void expect(Progress acknowledged) {
        expected = acknowledged.target();
        delivered = acknowledged.number();
    }

    /** Whether whatever is there now is the right one. */
    boolean takesAny() {
        return expected.isEmpty();
    }

    String identity() {
        return current;
    }

    /**
     * Lets in the topic that is there.
     *
     * @throws RowsLostException if rows were delivered to another one
     */
    void admit() throws Exception {
        String found = topics.identity(topic);
        if (!expected.isEmpty() && found.isEmpty()) {
            throw RowsLostException.of(
                    1, delivered, "topic %s does not exist".formatted(topic), mapping);
        }
        if (!expected.isEmpty() && !expected.equals(found)) {
            throw RowsLostException.of(
                    1, delivered, "topic %s was deleted and made anew".formatted(topic), mapping);
        }
        current = found;
    }

    /**
     * Looks whether the brokers have what they acknowledged.
     *
     * @throws RowsLostException if a partition ends before a row that was written to it
     */
    void checkEnds(LedgerEntry entry) throws Exception {
        for (Map.Entry<Integer, Long> written : entry.ends().offsets().entrySet()) {
            TopicPartition partition = new TopicPartition(topic, written.getKey());
            long end =
                    Answers.of(
                                    session.admin()
                                            .listOffsets(
                                                    Map.of(partition, OffsetSpec.latest()),
                                                    new ListOffsetsOptions(
                                                            IsolationLevel.READ_UNCOMMITTED))
                                            .partitionResult(partition))
                            .offset();
            if (end <= written.getValue()) {
                throw RowsLostException.someOf(
                        entry.number(),
                        ("partition %d of topic %s ends at offset %d, and a row was written to offset"
                                        + " %d: a broker that was behind has become its leader")
                                .formatted(written.getKey(), topic, end, written.getValue()),
                        mapping);
            }
        }
    }
}
