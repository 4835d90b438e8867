package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.CopyRead;
import com.evolvishub.cdc.capture.postgres.SnapshotTimes;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/** A read under way: one snapshot, one stream of rows. Used by the polling thread. */
final class Poll {

    private final RowLayout layout;
    private final SnapshotTimes times;
    private final CopyRead rows;
    private long withoutKey;

    private Poll(RowLayout layout, SnapshotTimes times, CopyRead rows) {
        this.layout = layout;
        this.times = times;
        this.rows = rows;
    }

    static Poll start(SourceSession session, RowLayout layout, SnapshotTimes times, String select)
            throws SQLException {
        return new Poll(layout, times, CopyRead.start(session, select));
    }

    RowLayout layout() {
        return layout;
    }

    SnapshotTimes times() {
        return times;
    }

    /** The next line; nothing at the end. Waits for the server. */
    Optional<byte[]> next() throws SQLException {
        return rows.next();
    }

    /** The line as a row; nothing if it cannot be told apart from others, which is counted. */
    Optional<ChangeRow> row(byte[] line) {
        Optional<ChangeRow> row = layout.row(line);
        if (row.isEmpty()) {
            withoutKey++;
        }
        return row;
    }

    /** What was wrong with rows, for people; empty: nothing. */
    String trouble() {
        if (withoutKey == 0) {
            return "";
        }
        return "%d rows were left out: a column of their key (%s) is NULL; exclude them by a query or name another key"
                .formatted(
                        withoutKey,
                        layout.schema().keyColumns().stream()
                                .map(Column::name)
                                .collect(Collectors.joining(", ")));
    }
}
