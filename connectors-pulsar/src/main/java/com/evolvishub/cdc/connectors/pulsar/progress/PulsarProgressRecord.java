package com.evolvishub.cdc.connectors.pulsar.progress;

import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
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
public record PulsarProgressRecord(
        String pipeline,
        long epoch,
        String run,
        String writer,
        String host,
        long lastSequence,
        SequenceHistory sequenceHistory,
        String incarnation,
        Map<String, MessageId> positions,
        Set<String> retained) {

    private static final String FORMAT = "1";
    private static final String MARK = "mark ";
    private static final String KEPT = "kept ";

    public PulsarProgressRecord {
        Objects.requireNonNull(pipeline, "lane");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(host, "host");
        positions = new TreeMap<>(positions);
        retained = new TreeSet<>(retained);
    }

    /** What a lane's ledger says before anybody has held it. */
    static PulsarProgressRecord none(String lane) {
        return new PulsarProgressRecord(
                lane, 0, "", "", "", 0, SequenceHistory.UNKNOWN, "", Map.of(), Set.of());
    }

    /** The next holder's first record. */
    PulsarProgressRecord takenOverBy(WriterIdentity taker) {
        return new PulsarProgressRecord(
                taker.identity(),
                taker.nextEpoch(epoch),
                taker.run(),
                taker.writer(),
                taker.host(),
                lastSequence,
                // until it is known which rows are there
                sequenceHistory,
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                positions,
                retained);
    }

    public PulsarProgressRecord advancedTo(long otherNumber, Map<String, MessageId> otherMarks) {
        Set<String> both = new TreeSet<>(retained);
        both.retainAll(otherMarks.keySet());
        // what comes behind another mark came behind the subscription, too
        positions.forEach(
                (topic, mark) -> {
                    if (otherMarks.containsKey(topic) && !otherMarks.get(topic).equals(mark)) {
                        both.add(topic);
                    }
                });
        return new PulsarProgressRecord(
                pipeline,
                epoch,
                run,
                writer,
                host,
                otherNumber,
                sequenceHistory,
                incarnation,
                otherMarks,
                both);
    }

    /** The same with another numbering. */
    public PulsarProgressRecord withSequenceHistory(SequenceHistory other) {
        return new PulsarProgressRecord(
                pipeline,
                epoch,
                run,
                writer,
                host,
                lastSequence,
                other,
                incarnation,
                positions,
                retained);
    }

    /**
     * Whether this record tells that somebody has taken the lane from the other one's writer. A
     * lower epoch tells that the ledger went back, as a restored backup does.
     */
    boolean isTakeoverOf(PulsarProgressRecord other) {
        boolean same = epoch == other.epoch && run.equals(other.run) && writer.equals(other.writer);
        return !same && epoch >= other.epoch;
    }

    /**
     * Refuses a lane that may not take over.
     *
     * @throws FencedException naming the holder
     */
    void requireTakeoverAllowed(WriterIdentity taker) throws FencedException {
        if (!taker.mayTakeOverFrom(run, writer, epoch)) {
            throw fencedException();
        }
    }

    FencedException fencedException() {
        return new FencedException(run, host);
    }

    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("format", FORMAT);
        properties.put("lane", pipeline);
        properties.put("epoch", Long.toString(epoch));
        properties.put("run", run);
        properties.put("writer", writer);
        properties.put("host", host);
        properties.put("number", Long.toString(lastSequence));
        properties.put("numbering", sequenceHistory.text());
        properties.put("incarnation", incarnation);
        retained.forEach(topic -> properties.put(KEPT + topic, ""));
        positions.forEach(
                (topic, id) ->
                        properties.put(
                                MARK + topic,
                                Base64.getEncoder().encodeToString(id.toByteArray())));
        return properties;
    }

    static PulsarProgressRecord of(Message<byte[]> message) throws DestinationException {
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
        return new PulsarProgressRecord(
                properties.get("lane"),
                Long.parseLong(properties.get("epoch")),
                properties.get("run"),
                properties.get("writer"),
                properties.get("host"),
                Long.parseLong(properties.get("number")),
                SequenceHistory.parse(properties.getOrDefault("numbering", "")),
                properties.getOrDefault("incarnation", ""),
                marks,
                properties.keySet().stream()
                        .filter(key -> key.startsWith(KEPT))
                        .map(key -> key.substring(KEPT.length()))
                        .collect(Collectors.toSet()));
    }
}
