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
 * Tells by its marks whether a topic is the one that a ledger's record is about. Pulsar gives a
 * topic no identity, but each stretch of its messages is in a storage ledger whose number is never
 * given out again: a topic that begins behind a mark that its subscription kept is another one.
 *
 * <p>A time to live or an expired subscription takes marks away, too. So this decides only about
 * rows that wait to be acknowledged, and may then bring them twice; it never stops a mapping.
 */
final class PulsarTargetVerifier {

    private final PulsarSession session;
    private final String topic;

    PulsarTargetVerifier(PulsarSession session, String topic) {
        this.session = session;
        this.topic = topic;
    }

    /** Whether one of the kept marks is not there. */
    boolean isReplaced(PulsarProgressRecord record) throws Exception {
        List<String> partitions = session.partitions(topic);
        for (Map.Entry<String, MessageId> mark : record.positions().entrySet()) {
            if (record.retained().contains(mark.getKey())
                    && isOfTopic(mark.getKey())
                    && !(partitions.contains(mark.getKey())
                            && holds(mark.getKey(), mark.getValue()))) {
                return true;
            }
        }
        return false;
    }

    /** Those that are not about this topic, such as the one of its dead letters. */
    Map<String, MessageId> ofOtherTopics(Map<String, MessageId> marks) {
        Map<String, MessageId> others = new TreeMap<>(marks);
        others.keySet().removeIf(this::isOfTopic);
        return others;
    }

    private boolean isOfTopic(String partition) {
        return TopicName.get(partition).getPartitionedTopicName().equals(topic);
    }

    private boolean holds(String partition, MessageId mark) throws Exception {
        Reader<byte[]> reader =
                session.open(
                        session.reader(partition).startMessageId(mark).startMessageIdInclusive(),
                        partition);
        try {
            Optional<Message<byte[]>> first = session.next(reader);
            return first.isPresent() && ledger(first.get().getMessageId()) == ledger(mark);
        } finally {
            var unused = reader.closeAsync();
        }
    }

    private static long ledger(MessageId id) {
        return ((MessageIdAdv) id).getLedgerId();
    }
}
