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

/** A running read: one database snapshot, one stream of rows. Used by the polling thread. */
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

    /** The parts of a read, in order. */
    private enum Part {
        KEY_LOOKUP,
        RANGE,
        FUTURE,
        NULL_WATERMARK
    }

    /**
     * Queries rows with a NULL watermark, after the range, because counting may need a full scan.
     */
    interface NullWatermarkQuery {
        /**
         * Counts the rows in the session's database snapshot.
         *
         * @return a SELECT of the rows to send; empty: none are sent
         * @throws com.evolvishub.cdc.source.session.SourceException if such rows are an error
         */
        Optional<String> count() throws SQLException;
    }

    /**
     * The statements of a read.
     *
     * @param nullWatermarkRows rows that come last and have no order; empty: not in this poll
     * @param lookup rows of some keys, read before the range; empty: the range contains them
     * @param keys those keys, as COPY text
     * @param range the rows that are read in order
     * @param future whether future rows come at the end of the range, flagged
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

    /** The start of a part that the change detector must know about. */
    public record EnteredPhase(PollPhaseStarted.Phase kind, List<byte[]> keys) {

        public PollPhaseStarted of(long poll) {
            return new PollPhaseStarted(poll, kind, keys);
        }
    }

    private Poll(
            SourceSession session,
            RowLayout layout,
            TransactionSnapshot transactionSnapshot,
            NewRowDetector newRows,
            Statements statements) {
        this.session = session;
        this.layout = layout;
        this.transactionSnapshot = transactionSnapshot;
        this.newRows = newRows;
        this.statements = statements;
    }

    /** Starts a read in the session's database snapshot. */
    static Poll start(
            SourceSession session,
            RowLayout layout,
            TransactionSnapshot transactionSnapshot,
            String select)
            throws SQLException {
        return start(
                session,
                layout,
                transactionSnapshot,
                NewRowDetector.ALL_NEW,
                Statements.of(select));
    }

    /** Starts a read in the session's database snapshot. */
    static Poll start(
            SourceSession session,
            RowLayout layout,
            TransactionSnapshot transactionSnapshot,
            NewRowDetector newRows,
            Statements statements)
            throws SQLException {
        Poll poll = new Poll(session, layout, transactionSnapshot, newRows, statements);
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

    /** The transaction snapshot taken right before the database snapshot. */
    public TransactionSnapshot transactionSnapshot() {
        return transactionSnapshot;
    }

    /** Parts that have started since the last call. */
    public List<EnteredPhase> enteredPhases() {
        List<EnteredPhase> since = List.copyOf(enteredPhases);
        enteredPhases.clear();
        return since;
    }

    /**
     * The next line; empty at the end. Waits for the server.
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
            int flagBytes = isInOrder() ? flags(line.get()) : 0;
            Optional<byte[]> row = layout.largeRows().fullRow(line.get(), flagBytes);
            if (row.isPresent()) {
                return row;
            }
        }
    }

    /** Starts the part of the NULL-watermark rows and returns its first row. */
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

    /** Reads the flags before a line, each followed by a tab. Returns their length in bytes. */
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

    /** Future rows have the highest watermarks: after the first one only future rows follow. */
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

    /** The split after a read that has reached its end. */
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

    /** Returns the line as a row. Rows with a NULL or duplicate key are counted and left out. */
    public Optional<ChangeRow> row(byte[] line) {
        boolean tieFlags = layout.hasTieFlags() && isInOrder();
        Optional<ChangeRow> row = tieFlags ? layout.row(line, tie == 't') : layout.row(line);
        if (row.isEmpty()) {
            withoutKey++;
        } else if (isInOrder() && layout.repeatsKey()) {
            duplicateKeys++;
            return Optional.empty();
        }
        return row;
    }

    /** Whether the last row lies above everything read before; then all later rows do too. */
    public boolean isNew() {
        crossed |= newRows.isNew(flag);
        return crossed;
    }

    /** A human-readable warning about rows that were left out, or empty. */
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
