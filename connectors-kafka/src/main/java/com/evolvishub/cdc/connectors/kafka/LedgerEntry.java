package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.flow.CopyText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the ledger says of a lane.
 *
 * @param number of the last row that the topic holds; 0: none
 * @param epoch of the writer that holds the lane; 0: nobody has taken it yet
 * @param run that writer's run
 * @param writer its attempt
 * @param host where it lives
 */
record LedgerEntry(long number, long epoch, String run, String writer, String host) {

    /** A lane that nobody has opened. */
    static final LedgerEntry NONE = new LedgerEntry(0, 0, "", "", "");

    private static final String VERSION = "1";
    private static final int CELLS = 6;

    /** The lane with this writer as its holder, under the next epoch. */
    LedgerEntry takenBy(Lane lane) throws FencedException {
        if (!lane.mayTakeFrom(run, writer, epoch)) {
            throw fence();
        }
        return new LedgerEntry(number, epoch + 1, lane.run(), lane.writer(), lane.host());
    }

    LedgerEntry at(long last) {
        return new LedgerEntry(last, epoch, run, writer, host);
    }

    FencedException fence() {
        return new FencedException(run, host);
    }

    /** One line of tab-separated cells, so that people can read it with Kafka's own tools. */
    byte[] encoded() {
        return CopyText.join(
                Stream.of(VERSION, Long.toString(number), Long.toString(epoch), run, writer, host)
                        .map(CopyText::escape)
                        .toList());
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @throws IllegalStateException if another version wrote it
     */
    static LedgerEntry decoded(byte[] value) {
        List<byte[]> cells = CopyText.cells(value);
        if (cells.size() != CELLS || !CopyText.unescape(cells.get(0)).equals(VERSION)) {
            throw new IllegalStateException(
                    "topic %s holds an entry of another version: %s; this build reads version %s"
                            .formatted(
                                    Ledger.TOPIC,
                                    new String(value, StandardCharsets.UTF_8),
                                    VERSION));
        }
        return new LedgerEntry(
                Long.parseLong(CopyText.unescape(cells.get(1))),
                Long.parseLong(CopyText.unescape(cells.get(2))),
                CopyText.unescape(cells.get(3)),
                CopyText.unescape(cells.get(4)),
                CopyText.unescape(cells.get(5)));
    }
}
