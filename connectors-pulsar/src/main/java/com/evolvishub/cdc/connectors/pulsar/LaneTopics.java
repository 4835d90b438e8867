package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Numbering;
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
final class LaneTopics {

    /** A mark costs a message, and each row behind it is read again when the lane is opened. */
    private static final int ROWS_A_MARK = 20_000;

    private final LaneLedger ledger;
    private final List<TopicChannel> partitions;
    private final Optional<TopicChannel> deadLetters;
    private final Arrivals arrivals = new Arrivals();
    private long done;
    private long marked;

    private LaneTopics(
            LaneLedger ledger, List<TopicChannel> partitions, Optional<TopicChannel> deadLetters) {
        this.ledger = ledger;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
    }

    /** Shuts out earlier holders from all of them, and finds out which rows are there. */
    static LaneTopics open(PulsarSession session, PulsarTarget target, LaneLedger ledger, Lane lane)
            throws Exception {
        Map<String, MessageId> marks = ledger.record().marks();
        String name =
                target.producerPrefix()
                        + ledger.record().epoch()
                        + "-"
                        + lane.writer().replaceAll("[^A-Za-z0-9-]", "_");
        List<TopicChannel> partitions = new ArrayList<>();
        for (String topic : session.partitions(target.topic())) {
            Optional<MessageId> mark = Optional.ofNullable(marks.get(topic));
            partitions.add(TopicChannel.open(session, target, topic, mark, name));
        }
        Optional<TopicChannel> deadLetters = Optional.empty();
        if (target.keepsDeadLetters()) {
            String topic = session.partitions(target.deadLetterTopic()).get(0);
            // the lane's own subscription lets go of what lies behind its marks
            var unused =
                    session.keep(
                                    topic,
                                    target.letterSubscription(),
                                    SubscriptionInitialPosition.Earliest)
                            .closeAsync();
            Optional<MessageId> mark = Optional.ofNullable(marks.get(topic));
            deadLetters = Optional.of(TopicChannel.open(session, target, topic, mark, name));
        }
        LaneTopics topics = new LaneTopics(ledger, partitions, deadLetters);
        topics.recover(lane);
        return topics;
    }

    /**
     * Looks until a second look finds nothing: what an earlier holder sent last may still be on its
     * way to the disk when we come, although its producer is shut out. In between the ledger is
     * written to, which takes as long and proves that nobody has taken the lane meanwhile.
     */
    private void recover(Lane lane) throws Exception {
        Map<String, MessageId> before = ledger.record().marks();
        Numbering numbering = ledger.record().numbering();
        long settled = ledger.record().number();
        boolean again = true;
        for (int round = 1; again; round++) {
            boolean found = false;
            for (TopicChannel channel : all()) {
                found |= channel.look(arrivals);
            }
            settled = arrivals.settle(settled);
            Map<String, MessageId> marks = marks();
            if (!arrivals.isEmpty()) {
                // they must be found by the next opening too
                marks.putAll(before);
            }
            ledger.write(
                    ledger.record()
                            .at(settled, marks)
                            .numberedAs(lane.numberingAfter(settled, numbering)));
            again = found || round == 1;
        }
        for (TopicChannel channel : all()) {
            channel.stopLooking();
        }
        done = settled;
        marked = settled;
    }

    private List<TopicChannel> all() {
        List<TopicChannel> all = new ArrayList<>(partitions);
        deadLetters.ifPresent(all::add);
        return all;
    }

    private Map<String, MessageId> marks() {
        Map<String, MessageId> marks = new TreeMap<>();
        for (TopicChannel channel : all()) {
            marks.put(channel.topic(), channel.end());
        }
        return marks;
    }

    /** Every row up to this one is there. */
    long done() {
        return done;
    }

    /** Rows above {@link #done} that are there all the same. */
    Arrivals arrivals() {
        return arrivals;
    }

    TopicChannel channelOf(Outgoing row) {
        return partitions.get(row.partition(partitions.size()));
    }

    TopicChannel deadLetters() {
        return deadLetters.orElseThrow();
    }

    /** Sends what the producers still gather. */
    void flush() {
        for (TopicChannel channel : all()) {
            // each message has a future of its own
            var unused = channel.producer().flushAsync();
        }
    }

    boolean isConnected() {
        return ledger.isConnected() && all().stream().allMatch(TopicChannel::isConnected);
    }

    /**
     * The next rows begin behind this one, whose predecessors will never come: the user goes on
     * without rows that were lost. The ledger has to say so, since the topic shows a gap.
     */
    void goOnBehind(long number) throws Exception {
        if (number <= done) {
            return;
        }
        arrivals.forgetUpTo(number);
        Map<String, MessageId> marks = arrivals.isEmpty() ? marks() : ledger.record().marks();
        ledger.write(ledger.record().at(number, marks));
        done = number;
        marked = number;
    }

    /** All rows up to this one are there; now and then the ledger learns of it. */
    void settled(long number) {
        done = number;
        arrivals.forgetUpTo(number);
        if (number - marked < ROWS_A_MARK || !arrivals.isEmpty() || ledger.isWriting()) {
            return;
        }
        marked = number;
        Map<String, MessageId> marks = marks();
        ledger.writeLater(
                ledger.record().at(number, marks),
                () -> all().forEach(channel -> channel.release(marks.get(channel.topic()))));
    }
}
