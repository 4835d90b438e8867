package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.CopyRead;
import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/** A read under way: one snapshot, one stream of rows. Used by the polling thread. */
final class Poll {

    private static final byte BEYOND = 't';

    private final SourceSession session;
    private final RowLayout layout;
    private final Look look;
    private final Crossing crossing;
    private final String select;
    private CopyRead aside;
    private CopyRead rows;
    private byte flag = BEYOND;
    private byte tie;
    private boolean crossed;
    private long withoutKey;
    private long doubled;

    private Poll(
            SourceSession session, RowLayout layout, Look look, Crossing crossing, String select) {
        this.session = session;
        this.layout = layout;
        this.look = look;
        this.crossing = crossing;
        this.select = select;
    }

    /** Starts to read, in the session's snapshot. */
    static Poll start(SourceSession session, RowLayout layout, Look look, String select)
            throws SQLException {
        return start(session, layout, look, Crossing.AT_ONCE, select, Optional.empty());
    }

    /**
     * Starts to read, in the session's snapshot.
     *
     * @param aside asks for rows that come first and are in no order
     */
    static Poll start(
            SourceSession session,
            RowLayout layout,
            Look look,
            Crossing crossing,
            String select,
            Optional<String> aside)
            throws SQLException {
        Poll poll = new Poll(session, layout, look, crossing, select);
        layout.largeRows().begin();
        if (aside.isPresent()) {
            poll.aside = CopyRead.start(session, aside.get());
        } else {
            poll.rows = CopyRead.start(session, select);
        }
        return poll;
    }

    RowLayout layout() {
        return layout;
    }

    /** The look right before the snapshot. */
    Look look() {
        return look;
    }

    /**
     * The next line; nothing at the end. Waits for the server.
     *
     * @throws com.evolvishub.cdc.capture.postgres.SourceException if the row is too large
     */
    Optional<byte[]> next() throws SQLException {
        LargeRows large = layout.largeRows();
        while (true) {
            Optional<byte[]> line = nextLine();
            if (line.isEmpty()) {
                return line;
            }
            int prefix = aside == null ? prefix() : 0;
            if (prefix > 0) {
                // each is followed by a tab
                flag = crossing.isFlagged() ? line.get()[0] : BEYOND;
                tie = line.get()[prefix - 2];
            }
            Optional<byte[]> row = large.whole(line.get(), prefix);
            if (row.isPresent()) {
                return row;
            }
        }
    }

    private Optional<byte[]> nextLine() throws SQLException {
        if (aside != null) {
            Optional<byte[]> line = aside.next();
            if (line.isPresent()) {
                return line;
            }
            aside = null;
            rows = CopyRead.start(session, select);
        }
        return rows.next();
    }

    private int prefix() {
        return (crossing.isFlagged() ? 2 : 0) + (layout.tellsTies() ? 2 : 0);
    }

    /** Whether the last line was one of those that are in no order. */
    boolean isAside() {
        return aside != null;
    }

    /** The line as a row; nothing if it cannot be told apart from others, which is counted. */
    Optional<ChangeRow> row(byte[] line) {
        boolean ties = layout.tellsTies() && !isAside();
        Optional<ChangeRow> row = ties ? layout.row(line, tie == 't') : layout.row(line);
        if (row.isEmpty()) {
            withoutKey++;
        } else if (!isAside() && layout.repeatsKey()) {
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
