package com.evolvishub.cdc.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** The baseline without psql: pipes COPY between two connections in one JVM. */
final class CopyPipe {
    private CopyPipe() {}

    /**
     * Arguments: source url, COPY out, destination url, COPY in; user and password in PGUSER,
     * PGPASSWORD.
     */
    public static void main(String[] arguments) throws SQLException, IOException {
        String user = System.getenv("PGUSER");
        String password = System.getenv("PGPASSWORD");
        try (Connection from = DriverManager.getConnection(arguments[0], user, password);
                Connection to = DriverManager.getConnection(arguments[2], user, password)) {
            CopyOut out = from.unwrap(PGConnection.class).getCopyAPI().copyOut(arguments[1]);
            CopyIn in = to.unwrap(PGConnection.class).getCopyAPI().copyIn(arguments[3]);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                in.writeToCopy(row, 0, row.length);
            }
            in.endCopy();
        }
    }
}
