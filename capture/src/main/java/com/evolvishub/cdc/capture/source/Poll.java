package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.CopyRead;
import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.Section;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A read under way: one snapshot, one stream of rows. Used by the polling thread. */
final class Poll {

    private static final byte BEYOND = 't';

    private final SourceSession session;
    private final RowLayout layout;
    private final Look look;
    private final Crossing crossing;
    private final Statements statements;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final List<Entered> entered = new ArrayList<>();
    private Part part;
    private CopyRead rows;
    private byte flag = BEYOND;
    private byte tie;
    private boolean crossed;
    private long future;
    private long withoutKey;
    private long doubled;

    /** The parts of a read, in their order. */
    private enum Part {
        LOOKED_UP,
        RANGE,
        FUTURE,
        ASIDE
    }

    /** Rows that stand in no range; looked for behind it, since counting may take a full scan. */
    interface Aside {
        /**
         * Counts them, in the session's snapshot.
         *
         * @return a SELECT of those to send; empty: none are
         * @throws com.evolvishub.cdc.capture.postgres.SourceException if there must be none
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
            Optional<Aside> aside,
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
                case LOOKED_UP -> lookup.orElseThrow();
                case RANGE, FUTURE, ASIDE -> range;
            };
        }
    }

    /** A part begins that the step behind has to know of. */
    record Entered(Section.Kind kind, List<byte[]> keys) {

        Section of(long poll) {
            return new Section(poll, kind, keys);
        }
    }

    private Poll(
            SourceSession session,
            RowLayout layout,
            Look look,
            Crossing crossing,
            Statements statements) {
        this.session = session;
        this.layout = layout;
        this.look = look;
        this.crossing = crossing;
        this.statements = statements;
    }

    /** Starts to read, in the session's snapshot. */
    static Poll start(SourceSession session, RowLayout layout, Look look, String select)
            throws SQLException {
        return start(session, layout, look, Crossing.AT_ONCE, Statements.of(select));
    }

    /** Starts to read, in the session's snapshot. */
    static Poll start(
            SourceSession session,
            RowLayout layout,
            Look look,
            Crossing crossing,
            Statements statements)
            throws SQLException {
        Poll poll = new Poll(session, layout, look, crossing, statements);
        layout.largeRows().begin();
        statements.lookup().ifPresent(sql -> poll.parts.add(Part.LOOKED_UP));
        poll.parts.add(Part.RANGE);
        if (!statements.keys().isEmpty()) {
            poll.entered.add(new Entered(Section.Kind.LOOKED_UP, statements.keys()));
        }
        poll.enter();
        return poll;
    }

    private void enter() throws SQLException {
        part = parts.remove();
        rows = CopyRead.start(session, statements.of(part));
        if (part == Part.RANGE && !statements.keys().isEmpty()) {
            entered.add(new Entered(Section.Kind.RANGE, List.of()));
        }
    }

    RowLayout layout() {
        return layout;
    }

    /** The look right before the snapshot. */
    Look look() {
        return look;
    }

    /** Parts that have begun since this was asked last. */
    List<Entered> entered() {
        List<Entered> since = List.copyOf(entered);
        entered.clear();
        return since;
    }

    /**
     * The next line; nothing at the end. Waits for the server.
     *
     * @throws com.evolvishub.cdc.capture.postgres.SourceException if the row is too large
     */
    Optional<byte[]> next() throws SQLException {
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
                line = firstAside();
                if (line.isEmpty()) {
                    return line;
                }
            }
            int prefix = isInOrder() ? flags(line.get()) : 0;
            Optional<byte[]> row = layout.largeRows().whole(line.get(), prefix);
            if (row.isPresent()) {
                return row;
            }
        }
    }

    /** Goes on to the rows that stand in no range, once. */
    private Optional<byte[]> firstAside() throws SQLException {
        part = Part.ASIDE;
        Optional<String> select =
                statements.aside().isPresent()
                        ? statements.aside().get().count()
                        : Optional.empty();
        if (select.isEmpty()) {
            return Optional.empty();
        }
        rows = CopyRead.start(session, select.get());
        return rows.next();
    }

    /** Reads the flags in front of a line, each followed by a tab; how many bytes they take. */
    private int flags(byte[] line) {
        int at = 0;
        if (crossing.isFlagged()) {
            flag = line[at];
            at += 2;
        }
        if (layout.tellsTies()) {
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
            entered.add(new Entered(Section.Kind.FUTURE, List.of()));
        }
    }

    private boolean isInOrder() {
        return part == Part.RANGE || part == Part.FUTURE;
    }

    /** Whether the position moves with the last line. */
    boolean isInRange() {
        return part == Part.RANGE;
    }

    /** Where the mapping stands after a read that came to its end. */
    WatermarkSplit told(WatermarkSplit completed, LaneStatus status) {
        if (!statements.future()) {
            return completed;
        }
        status.futureWatermarks.set(future);
        return completed.with(completed.time().withFuture(future, Looks.micros(look)));
    }

    /** The line as a row; nothing if it cannot be told apart from others, which is counted. */
    Optional<ChangeRow> row(byte[] line) {
        boolean ties = layout.tellsTies() && isInOrder();
        Optional<ChangeRow> row = ties ? layout.row(line, tie == 't') : layout.row(line);
        if (row.isEmpty()) {
            withoutKey++;
        } else if (isInOrder() && layout.repeatsKey()) {
            doubled++;
            return Optional.empty();
        }
        return row;
    }

    /** Whether the last row lies above everything read before; all that follow do, then. */
    boolean isBeyond() {
        crossed |= crossing.isBeyond(flag);
        return crossed;
    }

    /** What was wrong with rows, for people; empty: nothing. */
    String trouble() {
        if (!layout.largeRows().trouble().isEmpty()) {
            return layout.largeRows().trouble();
        }
        if (withoutKey > 0) {
            return "%d rows were left out: a column of their key (%s) is NULL; exclude them by a query or name another key"
                    .formatted(withoutKey, key());
        }
        return doubled == 0
                ? ""
                : "%d rows were left out: the row before them has the same watermark and the same key (%s); the key is none, name another one"
                        .formatted(doubled, key());
    }

    private String key() {
        return layout.schema().keyColumns().stream()
                .map(Column::name)
                .collect(Collectors.joining(", "));
    }
}
