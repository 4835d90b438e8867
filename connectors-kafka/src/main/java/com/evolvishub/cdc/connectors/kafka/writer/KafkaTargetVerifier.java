package com.evolvishub.cdc.connectors.kafka.writer;

import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressRecord;
import com.evolvishub.cdc.connectors.kafka.session.KafkaFutures;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.connectors.kafka.topic.TopicAdmin;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.ReplacedTarget;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Verifies that the topic is the one that earlier rows were delivered to and has not lost any of
 * them. A topic's identity is the topic id that the brokers assigned.
 */
final class KafkaTargetVerifier {

    private final KafkaSession session;
    private final TopicAdmin topics;
    private final String topic;
    private final String mapping;
    private Progress expected = Progress.NONE;
    private String current = "";

    KafkaTargetVerifier(KafkaSession session, TopicAdmin topics, String topic, String mapping) {
        this.session = session;
        this.topics = topics;
        this.topic = topic;
        this.mapping = mapping;
    }

    void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    /** Whether any existing topic is accepted. */
    boolean acceptsAnyTarget() {
        return expected.targetId().isEmpty();
    }

    String targetId() {
        return current;
    }

    /**
     * Verifies the existing topic and records its identity.
     *
     * @throws RowsLostException if rows were delivered to another topic
     */
    void verify() throws Exception {
        String found = topics.topicId(topic);
        if (!acceptsAnyTarget() && found.isEmpty()) {
            throw RowsLostException.of(
                    1,
                    expected.lastSequence(),
                    "topic %s does not exist".formatted(topic),
                    mapping);
        }
        if (!acceptsAnyTarget() && !expected.targetId().equals(found)) {
            throw RowsLostException.of(
                    1,
                    expected.lastSequence(),
                    "topic %s was deleted and made anew".formatted(topic),
                    mapping);
        }
        current = found;
    }

    /**
     * The progress that a record means for the existing topic.
     *
     * @param topicId its identity; empty: it does not exist
     */
    Progress effectiveProgress(
            KafkaProgressRecord progress,
            String incarnation,
            String topicId,
            WriterIdentity writer) {
        boolean known = !progress.target().isEmpty();
        boolean same = known && progress.target().equals(topicId);
        Progress found =
                new Progress(
                        progress.lastSequence(),
                        progress.sequenceHistory(),
                        incarnation,
                        same ? topicId : "");
        return known && !same
                ? Progress.recorded(
                        ReplacedTarget.effectiveSequence(expected, found, "topic " + topic, writer),
                        progress.sequenceHistory(),
                        incarnation)
                : found;
    }

    /**
     * Checks that the brokers still hold what they acknowledged.
     *
     * @throws RowsLostException if a partition ends before a row that was written to it
     */
    void checkEnds(KafkaProgressRecord progress) throws Exception {
        for (Map.Entry<Integer, Long> written : progress.endOffsets().offsets().entrySet()) {
            TopicPartition partition = new TopicPartition(topic, written.getKey());
            long end =
                    KafkaFutures.of(
                                    session.admin()
                                            .listOffsets(
                                                    Map.of(partition, OffsetSpec.latest()),
                                                    new ListOffsetsOptions(
                                                            IsolationLevel.READ_UNCOMMITTED))
                                            .partitionResult(partition))
                            .offset();
            if (end <= written.getValue()) {
                throw RowsLostException.ofUnknownRows(
                        progress.lastSequence(),
                        ("partition %d of topic %s ends at offset %d, and a row was written to offset"
                                        + " %d: a broker that was behind has become its leader")
                                .formatted(written.getKey(), topic, end, written.getValue()),
                        mapping);
            }
        }
    }
}
