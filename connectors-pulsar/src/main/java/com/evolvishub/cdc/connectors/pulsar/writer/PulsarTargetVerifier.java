package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.progress.PulsarProgressRecord;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.MessageIdAdv;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.common.naming.TopicName;

/**
 * Checks by positions whether a topic is the one that a progress record describes. Pulsar assigns
 * topics no identity, but its messages are stored in BookKeeper ledgers whose ids are never reused:
 * a topic without the message at a retained position was recreated.
 *
 * <p>A time to live or an expired subscription also deletes these messages. So the result is used
 * only for rows that wait for an acknowledgement, and may duplicate them; it never stops a mapping.
 */
final class PulsarTargetVerifier {

    private final PulsarSession session;
    private final String topic;

    PulsarTargetVerifier(PulsarSession session, String topic) {
        this.session = session;
        this.topic = topic;
    }

    /** Whether the message at one of the retained positions is missing. */
    boolean isReplaced(PulsarProgressRecord record) throws Exception {
        List<String> partitions = session.partitions(topic);
        for (Map.Entry<String, MessageId> position : record.positions().entrySet()) {
            if (record.retained().contains(position.getKey())
                    && isOfTopic(position.getKey())
                    && !(partitions.contains(position.getKey())
                            && holds(position.getKey(), position.getValue()))) {
                return true;
            }
        }
        return false;
    }

    /** Positions of other topics, such as the dead letter topic. */
    Map<String, MessageId> ofOtherTopics(Map<String, MessageId> positions) {
        Map<String, MessageId> others = new TreeMap<>(positions);
        others.keySet().removeIf(this::isOfTopic);
        return others;
    }

    private boolean isOfTopic(String partition) {
        return TopicName.get(partition).getPartitionedTopicName().equals(topic);
    }

    private boolean holds(String partition, MessageId position) throws Exception {
        Reader<byte[]> reader =
                session.open(
                        session.reader(partition)
                                .startMessageId(position)
                                .startMessageIdInclusive(),
                        partition);
        try {
            Optional<Message<byte[]>> first = session.next(reader);
            return first.isPresent() && ledger(first.get().getMessageId()) == ledger(position);
        } finally {
            var unused = reader.closeAsync();
        }
    }

    private static long ledger(MessageId id) {
        return ((MessageIdAdv) id).getLedgerId();
    }
}
