package com.evolvishub.cdc.connectors.postgres.writer;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * A running COPY … FROM STDIN. Sends lines unchanged, in large buffers. {@link #finish} completes
 * the COPY; {@link #close} cancels it otherwise.
 */
final class CopyLineWriter implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    private final CopyIn copy;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;

    CopyLineWriter(CopyManager manager, String sql) throws SQLException {
        copy = manager.copyIn(sql);
    }

    /** Writes a complete line, given without its line end. */
    void line(byte[] line) throws SQLException {
        append(line);
        endLine();
    }

    /** Writes a line with a row id as its last cell. */
    void line(byte[] line, byte[] rowId) throws SQLException {
        append(line);
        append(new byte[] {'\t'});
        rowId(rowId);
    }

    /** Writes a line that consists only of a row id. */
    void rowId(byte[] rowId) throws SQLException {
        append(("\\\\x" + HexFormat.of().formatHex(rowId)).getBytes(StandardCharsets.US_ASCII));
        endLine();
    }

    private void endLine() throws SQLException {
        if (filled == BUFFER_BYTES) {
            flush();
        }
        buffer[filled++] = '\n';
    }

    private void append(byte[] bytes) throws SQLException {
        if (bytes.length > BUFFER_BYTES - filled) {
            flush();
        }
        if (bytes.length > BUFFER_BYTES) {
            copy.writeToCopy(bytes, 0, bytes.length);
        } else {
            System.arraycopy(bytes, 0, buffer, filled, bytes.length);
            filled += bytes.length;
        }
    }

    private void flush() throws SQLException {
        if (filled > 0) {
            copy.writeToCopy(buffer, 0, filled);
            filled = 0;
        }
    }

    /** Completes the COPY. Returns the number of rows that were written. */
    long finish() throws SQLException {
        flush();
        return copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
