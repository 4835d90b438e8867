package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.source.schema.RowLayout;
import com.evolvishub.cdc.source.session.CopyReader;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A read under way: one snapshot, one stream of rows. Used by the polling thread. */
public final class Poll {

    private static final byte NEW = 't';

    private final SourceSession session;
    private final RowLayout layout;
    private final TransactionSnapshot transactionSnapshot;
    private final NewRowDetector newRows;
    private final Statements statements;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final List<EnteredPhase> enteredPhases = new ArrayList<>();
    private Part part;
    private CopyReader rows;
    private byte flag = NEW;
    private byte tie;
    private boolean crossed;
    private long future;
    private long withoutKey;
    private long duplicateKeys;

    /** The parts of a read, in their order. */
    private enum Part {
        KEY_LOOKUP,
        RANGE,
        FUTURE,
        NULL_WATERMARK
    }

    /** Rows that stand in no range; looked for behind it, since counting may take a full scan. */
    interface NullWatermarkQuery {
        /**
         * Counts them, in the session's snapshot.
         *
         * @return a SELECT of those to send; empty: none are
         * @throws com.evolvishub.cdc.source.session.SourceException if there must be none
         */
        Optional<String> count() throws SQLException;
    }

    /**
     * What a read asks for.
     *
     * @param aside rows that come last and are in no order; empty: it is not their time
     * @param lookup rows of some keys, which come next; empty: the range shows them
     * @param keys those keys, as COPY text
     * @param range the rows that are read in order
     * @param future whether those of the future stand at its end, flagged
     */
    record Statements(
            Optional<NullWatermarkQuery> nullWatermarkRows,
            Optional<String> lookup,
            List<byte[]> keys,
            String range,
            boolean future) {
        Statements {
            keys = List.copyOf(keys);
        }

        static Statements of(String range) {
            return new Statements(Optional.empty(), Optional.empty(), List.of(), range, false);
        }

        private String of(Part part) {
            return switch (part) {
                case KEY_LOOKUP -> lookup.orElseThrow();
                case RANGE, FUTURE, NULL_WATERMARK -> range;
            };
        }
    }

    /** A part begins that the step behind has to know of. */
    public record EnteredPhase(PollPhaseStarted.Phase kind, List<byte[]> keys) {

        public PollPhaseStarted of(long poll) {
            return new PollPhaseStarted(poll, kind, keys);
        }
    }

    private Poll(
            SourceSession session,
            RowLayout layout,
            TransactionSnapshot look,
            NewRowDetector crossing,
            Statements statements) {
        this.session = session;
        this.layout = layout;
        this.transactionSnapshot = look;
        this.newRows = crossing;
        this.statements = statements;
    }

    /** Starts to read, in the session's snapshot. */
    static Poll start(
            SourceSession session, RowLayout layout, TransactionSnapshot look, String select)
            throws SQLException {
        return start(session, layout, look, NewRowDetector.ALL_NEW, Statements.of(select));
    }

    /** Starts to read, in the session's snapshot. */
    static Poll start(
            SourceSession session,
            RowLayout layout,
            TransactionSnapshot look,
            NewRowDetector crossing,
            Statements statements)
            throws SQLException {
        Poll poll = new Poll(session, layout, look, crossing, statements);
        layout.largeRows().begin();
        statements.lookup().ifPresent(sql -> poll.parts.add(Part.KEY_LOOKUP));
        poll.parts.add(Part.RANGE);
        if (!statements.keys().isEmpty()) {
            poll.enteredPhases.add(
                    new EnteredPhase(PollPhaseStarted.Phase.KEY_LOOKUP, statements.keys()));
        }
        poll.enter();
        return poll;
    }

    private void enter() throws SQLException {
        part = parts.remove();
        rows = CopyReader.start(session, statements.of(part));
        if (part == Part.RANGE && !statements.keys().isEmpty()) {
            enteredPhases.add(new EnteredPhase(PollPhaseStarted.Phase.RANGE, List.of()));
        }
    }

    public RowLayout layout() {
        return layout;
    }

    /** The look right before the snapshot. */
    public TransactionSnapshot transactionSnapshot() {
        return transactionSnapshot;
    }

    /** Parts that have begun since this was asked last. */
    public List<EnteredPhase> enteredPhases() {
        List<EnteredPhase> since = List.copyOf(enteredPhases);
        enteredPhases.clear();
        return since;
    }

    /**
     * The next line; nothing at the end. Waits for the server.
     *
     * @throws com.evolvishub.cdc.source.session.SourceException if the row is too large
     */
    public Optional<byte[]> next() throws SQLException {
        while (true) {
            Optional<byte[]> line = rows.next();
            while (line.isEmpty() && !parts.isEmpty()) {
                enter();
                line = rows.next();
            }
            if (line.isEmpty()) {
                if (!isInOrder()) {
                    return line;
                }
                enterFuture();
                line = firstNullWatermarkRow();
                if (line.isEmpty()) {
                    return line;
                }
            }
            int prefix = isInOrder() ? flags(line.get()) : 0;
            Optional<byte[]> row = layout.largeRows().fullRow(line.get(), prefix);
            if (row.isPresent()) {
                return row;
            }
        }
    }

    /** Goes on to the rows that stand in no range, once. */
    private Optional<byte[]> firstNullWatermarkRow() throws SQLException {
        part = Part.NULL_WATERMARK;
        Optional<String> select =
                statements.nullWatermarkRows().isPresent()
                        ? statements.nullWatermarkRows().get().count()
                        : Optional.empty();
        if (select.isEmpty()) {
            return Optional.empty();
        }
        rows = CopyReader.start(session, select.get());
        return rows.next();
    }

    /** Reads the flags in front of a line, each followed by a tab; how many bytes they take. */
    private int flags(byte[] line) {
        int at = 0;
        if (newRows.isFlagged()) {
            flag = line[at];
            at += 2;
        }
        if (layout.hasTieFlags()) {
            tie = line[at];
            at += 2;
        }
        if (statements.future()) {
            if (line[at] == 't') {
                enterFuture();
                future++;
            }
            at += 2;
        }
        return at;
    }

    /** They are the highest: once one came, no other follows. */
    private void enterFuture() {
        if (statements.future() && part != Part.FUTURE) {
            part = Part.FUTURE;
            enteredPhases.add(new EnteredPhase(PollPhaseStarted.Phase.FUTURE, List.of()));
        }
    }

    private boolean isInOrder() {
        return part == Part.RANGE || part == Part.FUTURE;
    }

    /** Whether the position moves with the last line. */
    public boolean isInRange() {
        return part == Part.RANGE;
    }

    /** Where the mapping stands after a read that came to its end. */
    public PostgresSplit completedSplit(PostgresSplit completed, PipelineStatus status) {
        if (!statements.future()) {
            return completed;
        }
        status.futureWatermarks.set(future);
        return completed.with(
                completed
                        .time()
                        .withFuture(future, TransactionTracker.micros(transactionSnapshot)));
    }

    /** The line as a row; nothing if it cannot be told apart from others, which is counted. */
    public Optional<ChangeRow> row(byte[] line) {
        boolean ties = layout.hasTieFlags() && isInOrder();
        Optional<ChangeRow> row = ties ? layout.row(line, tie == 't') : layout.row(line);
        if (row.isEmpty()) {
            withoutKey++;
        } else if (isInOrder() && layout.repeatsKey()) {
            duplicateKeys++;
            return Optional.empty();
        }
        return row;
    }

    /** Whether the last row lies above everything read before; all that follow do, then. */
    public boolean isNew() {
        crossed |= newRows.isNew(flag);
        return crossed;
    }

    /** What was wrong with rows, for people; empty: nothing. */
    public String warning() {
        if (!layout.largeRows().warning().isEmpty()) {
            return layout.largeRows().warning();
        }
        if (withoutKey > 0) {
            return "%d rows were left out: a column of their key (%s) is NULL; exclude them by a query or name another key"
                    .formatted(withoutKey, key());
        }
        return duplicateKeys == 0
                ? ""
                : "%d rows were left out: the row before them has the same watermark and the same key (%s); the key is none, name another one"
                        .formatted(duplicateKeys, key());
    }

    private String key() {
        return layout.schema().keyColumns().stream()
                .map(Column::name)
                .collect(Collectors.joining(", "));
    }
}
