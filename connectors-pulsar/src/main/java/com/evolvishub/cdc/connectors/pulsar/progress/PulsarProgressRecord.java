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
 * The progress record of a pipeline: one message of its progress topic.
 *
 * @param pipeline the pipeline's identity
 * @param epoch of the current writer
 * @param run of the current writer
 * @param writer id of the current writer
 * @param host of the current writer
 * @param lastSequence every row up to this one is at the destination
 * @param sequenceHistory which writers assigned the sequence numbers
 * @param incarnation random id of the pipeline's first record; empty: none yet
 * @param positions for each topic or partition a message; all rows above {@code lastSequence} come
 *     after it
 * @param retained topics and partitions whose position the pipeline's subscription retains: if that
 *     message is missing, the topic was recreated. Positions older than the subscription, and those
 *     of earlier builds, may have been deleted
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
    private static final String POSITION = "mark ";
    private static final String RETAINED = "kept ";

    public PulsarProgressRecord {
        Objects.requireNonNull(pipeline, "lane");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(host, "host");
        positions = new TreeMap<>(positions);
        retained = new TreeSet<>(retained);
    }

    /** The record of a pipeline that was never opened. */
    static PulsarProgressRecord none(String identity) {
        return new PulsarProgressRecord(
                identity, 0, "", "", "", 0, SequenceHistory.UNKNOWN, "", Map.of(), Set.of());
    }

    /** The first record of the next writer. */
    PulsarProgressRecord takenOverBy(WriterIdentity newWriter) {
        return new PulsarProgressRecord(
                newWriter.identity(),
                newWriter.nextEpoch(epoch),
                newWriter.run(),
                newWriter.writer(),
                newWriter.host(),
                lastSequence,
                // kept until the delivered rows are known
                sequenceHistory,
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                positions,
                retained);
    }

    public PulsarProgressRecord advancedTo(long sequence, Map<String, MessageId> newPositions) {
        Set<String> both = new TreeSet<>(retained);
        both.retainAll(newPositions.keySet());
        // a position that has changed is newer than the subscription and therefore retained
        positions.forEach(
                (topic, position) -> {
                    if (newPositions.containsKey(topic)
                            && !newPositions.get(topic).equals(position)) {
                        both.add(topic);
                    }
                });
        return new PulsarProgressRecord(
                pipeline,
                epoch,
                run,
                writer,
                host,
                sequence,
                sequenceHistory,
                incarnation,
                newPositions,
                both);
    }

    /** This record with another sequence history. */
    public PulsarProgressRecord withSequenceHistory(SequenceHistory history) {
        return new PulsarProgressRecord(
                pipeline,
                epoch,
                run,
                writer,
                host,
                lastSequence,
                history,
                incarnation,
                positions,
                retained);
    }

    /**
     * Whether this record was written by a writer that took over from the other record's writer. A
     * lower epoch means that the progress topic went back, for example to a restored backup.
     */
    boolean isTakeoverOf(PulsarProgressRecord other) {
        boolean same = epoch == other.epoch && run.equals(other.run) && writer.equals(other.writer);
        return !same && epoch >= other.epoch;
    }

    /**
     * Checks that the new writer may take over.
     *
     * @throws FencedException naming the current writer
     */
    void requireTakeoverAllowed(WriterIdentity newWriter) throws FencedException {
        if (!newWriter.mayTakeOverFrom(run, writer, epoch)) {
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
        retained.forEach(topic -> properties.put(RETAINED + topic, ""));
        positions.forEach(
                (topic, id) ->
                        properties.put(
                                POSITION + topic,
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
        Map<String, MessageId> positions = new TreeMap<>();
        try {
            for (Map.Entry<String, String> each : properties.entrySet()) {
                if (each.getKey().startsWith(POSITION)) {
                    positions.put(
                            each.getKey().substring(POSITION.length()),
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
                positions,
                properties.keySet().stream()
                        .filter(key -> key.startsWith(RETAINED))
                        .map(key -> key.substring(RETAINED.length()))
                        .collect(Collectors.toSet()));
    }
}
