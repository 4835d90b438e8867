package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Numbering;
import com.evolvishub.cdc.flow.CopyText;
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
record LedgerEntry(
        long number,
        long epoch,
        String run,
        String writer,
        String host,
        Numbering numbering,
        String incarnation,
        PartitionEnds ends,
        String target) {

    /** A lane that nobody has opened. */
    static final LedgerEntry NONE = new LedgerEntry(0, 0, "", "", "");

    private static final String VERSION = "3";

    /** Of each version, how many cells it has. */
    private static final Map<String, Integer> CELLS = Map.of("1", 6, "2", 9, VERSION, 10);

    /** What version 1 told. */
    LedgerEntry(long number, long epoch, String run, String writer, String host) {
        this(number, epoch, run, writer, host, Numbering.UNKNOWN, "", PartitionEnds.NONE, "");
    }

    /** The lane with this writer as its holder, under the next epoch. */
    LedgerEntry takenBy(Lane lane) throws FencedException {
        if (!lane.mayTakeFrom(run, writer, epoch)) {
            throw fence();
        }
        return new LedgerEntry(
                number,
                lane.nextEpoch(epoch),
                lane.run(),
                lane.writer(),
                lane.host(),
                lane.numberingAfter(number, numbering),
                incarnation.isEmpty() ? UUID.randomUUID().toString() : incarnation,
                ends,
                target);
    }

    LedgerEntry at(long last, PartitionEnds written) {
        return new LedgerEntry(
                last, epoch, run, writer, host, numbering, incarnation, written, target);
    }

    /** The same of the rows up to a lower number, of a topic that none of them was written to. */
    LedgerEntry backTo(long counted, Numbering other) {
        return new LedgerEntry(
                counted, epoch, run, writer, host, other, incarnation, PartitionEnds.NONE, target);
    }

    /** The same, and what is written from here on goes to this topic. */
    LedgerEntry writingTo(String topic) {
        return new LedgerEntry(
                number, epoch, run, writer, host, numbering, incarnation, ends, topic);
    }

    FencedException fence() {
        return new FencedException(run, host);
    }

    /** One line of tab-separated cells, so that people can read it with Kafka's own tools. */
    byte[] encoded() {
        return CopyText.join(
                Stream.of(
                                VERSION,
                                Long.toString(number),
                                Long.toString(epoch),
                                run,
                                writer,
                                host,
                                numbering.text(),
                                incarnation,
                                ends.text(),
                                target)
                        .map(CopyText::escape)
                        .toList());
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @throws IllegalStateException if another version wrote it
     */
    static LedgerEntry decoded(byte[] value) {
        List<String> cells = CopyText.cells(value).stream().map(CopyText::unescape).toList();
        if (CELLS.getOrDefault(cells.get(0), 0) != cells.size()) {
            throw new IllegalStateException(
                    "topic %s holds an entry of another version: %s; this build reads versions 1 to %s"
                            .formatted(
                                    Ledger.TOPIC,
                                    new String(value, StandardCharsets.UTF_8),
                                    VERSION));
        }
        boolean progress = cells.size() > 6;
        return new LedgerEntry(
                Long.parseLong(cells.get(1)),
                Long.parseLong(cells.get(2)),
                cells.get(3),
                cells.get(4),
                cells.get(5),
                progress ? Numbering.parse(cells.get(6)) : Numbering.UNKNOWN,
                progress ? cells.get(7) : "",
                progress ? PartitionEnds.parse(cells.get(8)) : PartitionEnds.NONE,
                cells.size() > 9 ? cells.get(9) : "");
    }
}
