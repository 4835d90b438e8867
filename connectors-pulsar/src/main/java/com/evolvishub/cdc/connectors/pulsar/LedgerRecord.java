package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Numbering;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;

/**
 * Who holds a lane and how far it is: one message of the lane's ledger topic.
 *
 * @param lane the lane's identity
 * @param epoch of the holder
 * @param run of the holder
 * @param writer of the holder
 * @param host of the holder
 * @param number every row up to this one is at the destination
 * @param numbering who numbered the lane's rows
 * @param incarnation random id of the lane's first record; empty: it has none yet
 * @param marks for each topic or partition a message, behind which all rows above {@code number}
 *     lie
 * @param kept topics and partitions whose mark the lane's subscription keeps: where it is not
 *     there, the topic is another one. Marks from before the subscription, and those of earlier
 *     builds, may be deleted
 */
record LedgerRecord(
        String lane,
        long epoch,
        String run,
        String writer,
        String host,
        long number,
        Numbering numbering,
        String incarnation,
        Map<String, MessageId> marks,
        Set<String> kept) {

    private static final String FORMAT = "1";
    private static final String MARK = "mark ";
    private static final String KEPT = "kept ";

    LedgerRecord {
        Objects.requireNonNull(lane, "lane");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(host, "host");
        marks = new TreeMap<>(marks);
        kept = new TreeSet<>(kept);
    }

    /** What a lane's ledger says before anybody has held it. */
    static LedgerRecord none(String lane) {
        return new LedgerRecord(lane, 0, "", "", "", 0, Numbering.UNKNOWN, "", Map.of(), Set.of());
    }

    /** The next holder's first record. */
    LedgerRecord takenBy(Lane taker) {
        return new LedgerRecord(
                taker.identity(),
                taker.nextEpoch(epoch),
                taker.run(),
                taker.writer(),
                taker.host(),
                number,
                // until it is known which rows are there
                numbering,
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                marks,
                kept);
    }

    LedgerRecord at(long otherNumber, Map<String, MessageId> otherMarks) {
        Set<String> both = new TreeSet<>(kept);
        both.retainAll(otherMarks.keySet());
        // what comes behind another mark came behind the subscription, too
        marks.forEach(
                (topic, mark) -> {
                    if (otherMarks.containsKey(topic) && !otherMarks.get(topic).equals(mark)) {
                        both.add(topic);
                    }
                });
        return new LedgerRecord(
                lane,
                epoch,
                run,
                writer,
                host,
                otherNumber,
                numbering,
                incarnation,
                otherMarks,
                both);
    }

    /** The same with another numbering. */
    LedgerRecord numberedAs(Numbering other) {
        return new LedgerRecord(
                lane, epoch, run, writer, host, number, other, incarnation, marks, kept);
    }

    /**
     * Whether this record tells that somebody has taken the lane from the other one's writer. A
     * lower epoch tells that the ledger went back, as a restored backup does.
     */
    boolean isTakenFrom(LedgerRecord other) {
        boolean same = epoch == other.epoch && run.equals(other.run) && writer.equals(other.writer);
        return !same && epoch >= other.epoch;
    }

    /**
     * Refuses a lane that may not take over.
     *
     * @throws FencedException naming the holder
     */
    void refuse(Lane taker) throws FencedException {
        if (!taker.mayTakeFrom(run, writer, epoch)) {
            throw fence();
        }
    }

    FencedException fence() {
        return new FencedException(run, host);
    }

    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("format", FORMAT);
        properties.put("lane", lane);
        properties.put("epoch", Long.toString(epoch));
        properties.put("run", run);
        properties.put("writer", writer);
        properties.put("host", host);
        properties.put("number", Long.toString(number));
        properties.put("numbering", numbering.text());
        properties.put("incarnation", incarnation);
        kept.forEach(topic -> properties.put(KEPT + topic, ""));
        marks.forEach(
                (topic, id) ->
                        properties.put(
                                MARK + topic,
                                Base64.getEncoder().encodeToString(id.toByteArray())));
        return properties;
    }

    static LedgerRecord of(Message<byte[]> message) throws DestinationException {
        Map<String, String> properties = message.getProperties();
        if (!FORMAT.equals(properties.get("format"))) {
            throw new DestinationException(
                    ("topic %s holds a message that this build did not write (format %s); it reads"
                                    + " format %s")
                            .formatted(message.getTopicName(), properties.get("format"), FORMAT));
        }
        Map<String, MessageId> marks = new TreeMap<>();
        try {
            for (Map.Entry<String, String> each : properties.entrySet()) {
                if (each.getKey().startsWith(MARK)) {
                    marks.put(
                            each.getKey().substring(MARK.length()),
                            MessageId.fromByteArray(Base64.getDecoder().decode(each.getValue())));
                }
            }
        } catch (IOException e) {
            throw new DestinationException(
                    "topic %s holds a broken mark".formatted(message.getTopicName()), e);
        }
        return new LedgerRecord(
                properties.get("lane"),
                Long.parseLong(properties.get("epoch")),
                properties.get("run"),
                properties.get("writer"),
                properties.get("host"),
                Long.parseLong(properties.get("number")),
                Numbering.parse(properties.getOrDefault("numbering", "")),
                properties.getOrDefault("incarnation", ""),
                marks,
                properties.keySet().stream()
                        .filter(key -> key.startsWith(KEPT))
                        .map(key -> key.substring(KEPT.length()))
                        .collect(Collectors.toSet()));
    }
}
