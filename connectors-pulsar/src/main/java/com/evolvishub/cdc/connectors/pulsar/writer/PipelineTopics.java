package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.message.DeliveredMessages;
import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.progress.PulsarProgressStore;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * All that a lane writes to: the partitions of its topic, the topic of its dead letters if it has
 * one, and the ledger that says how far they are.
 */
final class PipelineTopics {

    /** A mark costs a message, and each row behind it is read again when the lane is opened. */
    private static final int ROWS_A_MARK = 20_000;

    private final PulsarProgressStore progressStore;
    private final List<PartitionChannel> partitions;
    private final Optional<PartitionChannel> deadLetters;
    private final DeliveredMessages delivered = new DeliveredMessages();
    private long deliveredUpTo;
    private long marked;

    private PipelineTopics(
            PulsarProgressStore ledger,
            List<PartitionChannel> partitions,
            Optional<PartitionChannel> deadLetters) {
        this.progressStore = ledger;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
    }

    /** Shuts out earlier holders from all of them, and finds out which rows are there. */
    static PipelineTopics open(
            PulsarSession session,
            PulsarEndpoint target,
            PulsarProgressStore ledger,
            WriterIdentity lane)
            throws Exception {
        Map<String, MessageId> marks = ledger.record().positions();
        String name =
                target.producerPrefix()
                        + ledger.record().epoch()
                        + "-"
                        + lane.writer().replaceAll("[^A-Za-z0-9-]", "_");
        List<PartitionChannel> partitions = new ArrayList<>();
        for (String topic : session.partitions(target.topic())) {
            Optional<MessageId> mark = Optional.ofNullable(marks.get(topic));
            partitions.add(PartitionChannel.open(session, target, topic, mark, name));
        }
        Optional<PartitionChannel> deadLetters = Optional.empty();
        if (target.supportsDeadLetters()) {
            String topic = session.partitions(target.deadLetterTopic()).get(0);
            // the lane's own subscription lets go of what lies behind its marks
            var unused =
                    session.subscribeDurably(
                                    topic,
                                    target.deadLetterSubscription(),
                                    SubscriptionInitialPosition.Earliest)
                            .closeAsync();
            Optional<MessageId> mark = Optional.ofNullable(marks.get(topic));
            deadLetters = Optional.of(PartitionChannel.open(session, target, topic, mark, name));
        }
        PipelineTopics topics = new PipelineTopics(ledger, partitions, deadLetters);
        topics.recover(lane);
        return topics;
    }

    /**
     * Looks until a second look finds nothing: what an earlier holder sent last may still be on its
     * way to the disk when we come, although its producer is shut out. In between the ledger is
     * written to, which takes as long and proves that nobody has taken the lane meanwhile.
     */
    private void recover(WriterIdentity lane) throws Exception {
        Map<String, MessageId> before = progressStore.record().positions();
        SequenceHistory numbering = progressStore.record().sequenceHistory();
        long settled = progressStore.record().lastSequence();
        boolean again = true;
        for (int round = 1; again; round++) {
            boolean found = false;
            for (PartitionChannel channel : all()) {
                found |= channel.readNew(delivered);
            }
            settled = delivered.advance(settled);
            Map<String, MessageId> marks = positions();
            if (!delivered.isEmpty()) {
                // they must be found by the next opening too
                marks.putAll(before);
            }
            progressStore.write(
                    progressStore
                            .record()
                            .advancedTo(settled, marks)
                            .withSequenceHistory(lane.sequenceHistoryAfter(settled, numbering)));
            again = found || round == 1;
        }
        for (PartitionChannel channel : all()) {
            channel.closeReader();
        }
        deliveredUpTo = settled;
        marked = settled;
    }

    private List<PartitionChannel> all() {
        List<PartitionChannel> all = new ArrayList<>(partitions);
        deadLetters.ifPresent(all::add);
        return all;
    }

    private Map<String, MessageId> positions() {
        Map<String, MessageId> marks = new TreeMap<>();
        for (PartitionChannel channel : all()) {
            marks.put(channel.topic(), channel.end());
        }
        return marks;
    }

    /** Every row up to this one is there. */
    long deliveredUpTo() {
        return deliveredUpTo;
    }

    /** Rows above {@link #deliveredUpTo} that are there all the same. */
    DeliveredMessages delivered() {
        return delivered;
    }

    PartitionChannel channelOf(OutboundMessage row) {
        return partitions.get(row.partition(partitions.size()));
    }

    PartitionChannel deadLetters() {
        return deadLetters.orElseThrow();
    }

    /** Sends what the producers still gather. */
    void flush() {
        for (PartitionChannel channel : all()) {
            // each message has a future of its own
            var unused = channel.producer().flushAsync();
        }
    }

    boolean isConnected() {
        return progressStore.isConnected()
                && all().stream().allMatch(PartitionChannel::isConnected);
    }

    /**
     * The next rows begin behind this one, whose predecessors will never come: the user goes on
     * without rows that were lost. The ledger has to say so, since the topic shows a gap.
     */
    void skipTo(long number) throws Exception {
        if (number <= deliveredUpTo) {
            return;
        }
        delivered.forgetUpTo(number);
        Map<String, MessageId> marks =
                delivered.isEmpty() ? positions() : progressStore.record().positions();
        progressStore.write(progressStore.record().advancedTo(number, marks));
        deliveredUpTo = number;
        marked = number;
    }

    /** All rows up to this one are there; now and then the ledger learns of it. */
    void markDelivered(long number) {
        deliveredUpTo = number;
        delivered.forgetUpTo(number);
        if (number - marked < ROWS_A_MARK || !delivered.isEmpty() || progressStore.isWriting()) {
            return;
        }
        marked = number;
        Map<String, MessageId> marks = positions();
        progressStore.writeLater(
                progressStore.record().advancedTo(number, marks),
                () -> all().forEach(channel -> channel.release(marks.get(channel.topic()))));
    }
}
