package com.evolvishub.cdc.source.session;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * The rows of a SELECT as COPY text, in the server's order. If the rows are not read to their end,
 * the connection cannot be used further: abort the session then.
 */
public final class CopyReader {

    private final SourceSession session;
    private final CopyOut copy;

    private CopyReader(SourceSession session, CopyOut copy) {
        this.session = session;
        this.copy = copy;
    }

    /** Starts to read. */
    public static CopyReader start(SourceSession session, String select) throws SQLException {
        CopyManager copyManager = session.connection().getCopyAPI();
        session.runningStatement().begin();
        try {
            return new CopyReader(
                    session, copyManager.copyOut("COPY (" + select + "\n) TO STDOUT"));
        } finally {
            session.runningStatement().end();
        }
    }

    /** The next row without its line end; empty at the end. Waits for the server. */
    public Optional<byte[]> next() throws SQLException {
        // not registered as a statement: the first cancel request of an abort, which is always
        // sent, ends it
        byte[] row = copy.readFromCopy();
        session.markReceived();
        return row == null ? Optional.empty() : Optional.of(Arrays.copyOf(row, row.length - 1));
    }
}
