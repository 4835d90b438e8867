package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.delivery.WrittenElsewhere;
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
    private Progress expected = Progress.NONE;
    private String current = "";

    TopicGuard(KafkaSession session, Topics topics, String topic, String mapping) {
        this.session = session;
        this.topics = topics;
        this.topic = topic;
        this.mapping = mapping;
    }

    void expect(Progress acknowledged) {
        expected = acknowledged;
    }

    /** Whether whatever is there now is the right one. */
    boolean takesAny() {
        return expected.target().isEmpty();
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
        if (!takesAny() && found.isEmpty()) {
            throw RowsLostException.of(
                    1, expected.number(), "topic %s does not exist".formatted(topic), mapping);
        }
        if (!takesAny() && !expected.target().equals(found)) {
            throw RowsLostException.of(
                    1,
                    expected.number(),
                    "topic %s was deleted and made anew".formatted(topic),
                    mapping);
        }
        current = found;
    }

    /**
     * What an entry stands for at the topic that is there.
     *
     * @param there its identity; empty: there is none
     */
    Progress counted(LedgerEntry entry, String incarnation, String there, Lane lane) {
        boolean known = !entry.target().isEmpty();
        boolean same = known && entry.target().equals(there);
        Progress found =
                new Progress(entry.number(), entry.numbering(), incarnation, same ? there : "");
        return known && !same
                ? Progress.recorded(
                        WrittenElsewhere.counted(expected, found, "topic " + topic, lane),
                        entry.numbering(),
                        incarnation)
                : found;
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
