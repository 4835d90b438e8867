package com.evolvishub.cdc.capture.postgres;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * The rows of a SELECT as COPY text, in the server's order. A read that is not drawn to its end
 * leaves its connection out of step: abort the session then.
 */
public final class CopyRead {

    private final SourceSession session;
    private final CopyOut copy;

    private CopyRead(SourceSession session, CopyOut copy) {
        this.session = session;
        this.copy = copy;
    }

    /** Starts to read. */
    public static CopyRead start(SourceSession session, String select) throws SQLException {
        CopyManager copies = session.connection().getCopyAPI();
        session.underWay().begin();
        try {
            return new CopyRead(session, copies.copyOut("COPY (" + select + "\n) TO STDOUT"));
        } finally {
            session.underWay().end();
        }
    }

    /** The next row without its line's end; nothing at the end. Waits for the server. */
    public Optional<byte[]> next() throws SQLException {
        // the statement has begun: the one request that an abort always sends ends it
        byte[] row = copy.readFromCopy();
        session.heard();
        return row == null ? Optional.empty() : Optional.of(Arrays.copyOf(row, row.length - 1));
    }
}
