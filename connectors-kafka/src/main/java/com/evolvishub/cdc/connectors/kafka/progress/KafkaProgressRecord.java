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
 * What the ledger says of a lane.
 *
 * @param number of the last row that the topic holds; 0: none
 * @param epoch of the writer that holds the lane; 0: nobody has taken it yet
 * @param run that writer's run
 * @param writer its attempt
 * @param host where it lives
 * @param numbering who numbered the lane's rows
 * @param incarnation random id of the lane's first entry; empty: it has none yet
 * @param ends how far the partitions of the topic were written to, some batches ago
 * @param target identity of the topic that {@code number} was written to; empty: not known
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

    /** A lane that nobody has opened. */
    public static final KafkaProgressRecord NONE = new KafkaProgressRecord(0, 0, "", "", "");

    private static final String VERSION = "3";

    /** Of each version, how many cells it has. */
    private static final Map<String, Integer> CELLS = Map.of("1", 6, "2", 9, VERSION, 10);

    /** What version 1 told. */
    public KafkaProgressRecord(long number, long epoch, String run, String writer, String host) {
        this(
                number,
                epoch,
                run,
                writer,
                host,
                SequenceHistory.UNKNOWN,
                "",
                PartitionEndOffsets.NONE,
                "");
    }

    /** The lane with this writer as its holder, under the next epoch. */
    public KafkaProgressRecord takenOverBy(WriterIdentity lane) throws FencedException {
        if (!lane.mayTakeOverFrom(run, writer, epoch)) {
            throw fencedException();
        }
        return new KafkaProgressRecord(
                lastSequence,
                lane.nextEpoch(epoch),
                lane.run(),
                lane.writer(),
                lane.host(),
                lane.sequenceHistoryAfter(lastSequence, sequenceHistory),
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                endOffsets,
                target);
    }

    public KafkaProgressRecord advancedTo(long last, PartitionEndOffsets written) {
        return new KafkaProgressRecord(
                last, epoch, run, writer, host, sequenceHistory, incarnation, written, target);
    }

    /** The same of the rows up to a lower number, of a topic that none of them was written to. */
    public KafkaProgressRecord rewoundTo(long counted, SequenceHistory other) {
        return new KafkaProgressRecord(
                counted,
                epoch,
                run,
                writer,
                host,
                other,
                incarnation,
                PartitionEndOffsets.NONE,
                target);
    }

    /** The same, and what is written from here on goes to this topic. */
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

    /** One line of tab-separated cells, so that people can read it with Kafka's own tools. */
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
