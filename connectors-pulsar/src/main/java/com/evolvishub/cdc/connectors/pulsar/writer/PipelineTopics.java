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
 * All topics that a pipeline writes to: the partitions of its topic, its dead letter topic if
 * enabled, and the progress topic.
 */
final class PipelineTopics {

    /** Each position costs a message, and opening the pipeline reads all rows after it again. */
    private static final int ROWS_PER_POSITION = 20_000;

    private final PulsarProgressStore progressStore;
    private final List<PartitionChannel> partitions;
    private final Optional<PartitionChannel> deadLetters;
    private final DeliveredMessages delivered = new DeliveredMessages();
    private long deliveredUpTo;
    private long recordedUpTo;

    private PipelineTopics(
            PulsarProgressStore progressStore,
            List<PartitionChannel> partitions,
            Optional<PartitionChannel> deadLetters) {
        this.progressStore = progressStore;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
    }

    /** Fences earlier writers on all topics, and finds out which rows were delivered. */
    static PipelineTopics open(
            PulsarSession session,
            PulsarEndpoint target,
            PulsarProgressStore progressStore,
            WriterIdentity writer)
            throws Exception {
        Map<String, MessageId> positions = progressStore.record().positions();
        String name =
                target.producerPrefix()
                        + progressStore.record().epoch()
                        + "-"
                        + writer.writer().replaceAll("[^A-Za-z0-9-]", "_");
        List<PartitionChannel> partitions = new ArrayList<>();
        for (String topic : session.partitions(target.topic())) {
            Optional<MessageId> position = Optional.ofNullable(positions.get(topic));
            partitions.add(PartitionChannel.open(session, target, topic, position, name));
        }
        Optional<PartitionChannel> deadLetters = Optional.empty();
        if (target.supportsDeadLetters()) {
            String topic = session.partitions(target.deadLetterTopic()).get(0);
            // the pipeline's own subscription releases what is before its positions
            var unused =
                    session.subscribeDurably(
                                    topic,
                                    target.deadLetterSubscription(),
                                    SubscriptionInitialPosition.Earliest)
                            .closeAsync();
            Optional<MessageId> position = Optional.ofNullable(positions.get(topic));
            deadLetters =
                    Optional.of(PartitionChannel.open(session, target, topic, position, name));
        }
        PipelineTopics topics = new PipelineTopics(progressStore, partitions, deadLetters);
        topics.recover(writer);
        return topics;
    }

    /**
     * Reads until a second read finds nothing: the last messages of an earlier writer may still be
     * on their way to the disk, although its producer is fenced. Between the reads a progress
     * record is written, which takes as long and proves that no other writer has taken over
     * meanwhile.
     */
    private void recover(WriterIdentity writer) throws Exception {
        Map<String, MessageId> before = progressStore.record().positions();
        SequenceHistory history = progressStore.record().sequenceHistory();
        long upTo = progressStore.record().lastSequence();
        boolean again = true;
        for (int round = 1; again; round++) {
            boolean found = false;
            for (PartitionChannel channel : all()) {
                found |= channel.readNew(delivered);
            }
            upTo = delivered.advance(upTo);
            Map<String, MessageId> positions = positions();
            if (!delivered.isEmpty()) {
                // the next opening must find them too
                positions.putAll(before);
            }
            progressStore.write(
                    progressStore
                            .record()
                            .advancedTo(upTo, positions)
                            .withSequenceHistory(writer.sequenceHistoryAfter(upTo, history)));
            again = found || round == 1;
        }
        for (PartitionChannel channel : all()) {
            channel.closeReader();
        }
        deliveredUpTo = upTo;
        recordedUpTo = upTo;
    }

    private List<PartitionChannel> all() {
        List<PartitionChannel> all = new ArrayList<>(partitions);
        deadLetters.ifPresent(all::add);
        return all;
    }

    private Map<String, MessageId> positions() {
        Map<String, MessageId> positions = new TreeMap<>();
        for (PartitionChannel channel : all()) {
            positions.put(channel.topic(), channel.end());
        }
        return positions;
    }

    /** Every row up to this one is at the destination. */
    long deliveredUpTo() {
        return deliveredUpTo;
    }

    /** Rows above {@link #deliveredUpTo} that are at the destination as well. */
    DeliveredMessages delivered() {
        return delivered;
    }

    PartitionChannel channelOf(OutboundMessage row) {
        return partitions.get(row.partition(partitions.size()));
    }

    PartitionChannel deadLetters() {
        return deadLetters.orElseThrow();
    }

    /** Sends the messages that the producers have buffered. */
    void flush() {
        for (PartitionChannel channel : all()) {
            // each message has its own future
            var unused = channel.producer().flushAsync();
        }
    }

    boolean isConnected() {
        return progressStore.isConnected()
                && all().stream().allMatch(PartitionChannel::isConnected);
    }

    /**
     * The next rows start after this one, and the rows before it will never be sent: the user
     * continues without lost rows. Stored in a progress record, since the topic has a gap there.
     */
    void skipTo(long sequence) throws Exception {
        if (sequence <= deliveredUpTo) {
            return;
        }
        delivered.removeUpTo(sequence);
        Map<String, MessageId> positions =
                delivered.isEmpty() ? positions() : progressStore.record().positions();
        progressStore.write(progressStore.record().advancedTo(sequence, positions));
        deliveredUpTo = sequence;
        recordedUpTo = sequence;
    }

    /** All rows up to this one are delivered; writes a progress record from time to time. */
    void markDelivered(long sequence) {
        deliveredUpTo = sequence;
        delivered.removeUpTo(sequence);
        if (sequence - recordedUpTo < ROWS_PER_POSITION
                || !delivered.isEmpty()
                || progressStore.isWriting()) {
            return;
        }
        recordedUpTo = sequence;
        Map<String, MessageId> positions = positions();
        progressStore.writeLater(
                progressStore.record().advancedTo(sequence, positions),
                () -> all().forEach(channel -> channel.release(positions.get(channel.topic()))));
    }
}
