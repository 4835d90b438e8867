package com.evolvishub.cdc.connectors.kafka.progress;

import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The progress record of a pipeline, as the progress topic holds it.
 *
 * @param lastSequence of the last row that the topic holds; 0: none
 * @param epoch of the writer that owns the pipeline; 0: none yet
 * @param run that writer's run
 * @param writer id of its attempt
 * @param host the host it runs on
 * @param sequenceHistory which writers assigned the sequence numbers
 * @param incarnation random id of the pipeline's first record; empty: none yet
 * @param endOffsets highest offset written per partition, without the latest batch
 * @param target identity of the topic that holds the row {@code lastSequence}; empty: not known
 */
public record KafkaProgressRecord(
        long lastSequence,
        long epoch,
        String run,
        String writer,
        String host,
        SequenceHistory sequenceHistory,
        String incarnation,
        PartitionEndOffsets endOffsets,
        String target) {

    /** A pipeline that was never opened. */
    public static final KafkaProgressRecord NONE = new KafkaProgressRecord(0, 0, "", "", "");

    private static final String VERSION = "3";

    /** Number of cells of each version. */
    private static final Map<String, Integer> CELLS = Map.of("1", 6, "2", 9, VERSION, 10);

    /** A record with the fields of version 1. */
    public KafkaProgressRecord(
            long lastSequence, long epoch, String run, String writer, String host) {
        this(
                lastSequence,
                epoch,
                run,
                writer,
                host,
                SequenceHistory.UNKNOWN,
                "",
                PartitionEndOffsets.NONE,
                "");
    }

    /** This record with the given writer as owner, under the next epoch. */
    public KafkaProgressRecord takenOverBy(WriterIdentity newWriter) throws FencedException {
        if (!newWriter.mayTakeOverFrom(run, writer, epoch)) {
            throw fencedException();
        }
        return new KafkaProgressRecord(
                lastSequence,
                newWriter.nextEpoch(epoch),
                newWriter.run(),
                newWriter.writer(),
                newWriter.host(),
                newWriter.sequenceHistoryAfter(lastSequence, sequenceHistory),
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                endOffsets,
                target);
    }

    public KafkaProgressRecord advancedTo(long last, PartitionEndOffsets written) {
        return new KafkaProgressRecord(
                last, epoch, run, writer, host, sequenceHistory, incarnation, written, target);
    }

    /** This record rewound to a lower sequence number, for a topic that holds none of its rows. */
    public KafkaProgressRecord rewoundTo(long sequence, SequenceHistory history) {
        return new KafkaProgressRecord(
                sequence,
                epoch,
                run,
                writer,
                host,
                history,
                incarnation,
                PartitionEndOffsets.NONE,
                target);
    }

    /** This record for further rows that are written to this topic. */
    public KafkaProgressRecord withTarget(String topic) {
        return new KafkaProgressRecord(
                lastSequence,
                epoch,
                run,
                writer,
                host,
                sequenceHistory,
                incarnation,
                endOffsets,
                topic);
    }

    public FencedException fencedException() {
        return new FencedException(run, host);
    }

    /** One line of tab-separated cells, readable with Kafka's own tools. */
    public byte[] encoded() {
        return CopyText.join(
                Stream.of(
                                VERSION,
                                Long.toString(lastSequence),
                                Long.toString(epoch),
                                run,
                                writer,
                                host,
                                sequenceHistory.text(),
                                incarnation,
                                endOffsets.text(),
                                target)
                        .map(CopyText::escape)
                        .toList());
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @throws IllegalStateException if another version wrote it
     */
    static KafkaProgressRecord decoded(byte[] value) {
        List<String> cells = CopyText.cells(value).stream().map(CopyText::unescape).toList();
        if (CELLS.getOrDefault(cells.get(0), 0) != cells.size()) {
            throw new IllegalStateException(
                    "topic %s holds an entry of another version: %s; this build reads versions 1 to %s"
                            .formatted(
                                    KafkaProgressStore.TOPIC,
                                    new String(value, StandardCharsets.UTF_8),
                                    VERSION));
        }
        boolean progress = cells.size() > 6;
        return new KafkaProgressRecord(
                Long.parseLong(cells.get(1)),
                Long.parseLong(cells.get(2)),
                cells.get(3),
                cells.get(4),
                cells.get(5),
                progress ? SequenceHistory.parse(cells.get(6)) : SequenceHistory.UNKNOWN,
                progress ? cells.get(7) : "",
                progress ? PartitionEndOffsets.parse(cells.get(8)) : PartitionEndOffsets.NONE,
                cells.size() > 9 ? cells.get(9) : "");
    }
}
