package com.evolvishub.cdc.formats;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.source.catalog.RelationDescriber;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.testing.postgres.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** Reads rows of a table as capture does: COPY text of a session with pinned settings. */
public final class SourceRowReader {

    private static final String PIN =
            "SET DateStyle TO 'ISO, YMD'; SET TimeZone TO 'UTC'; SET extra_float_digits TO 3;"
                    + " SET bytea_output TO 'hex'; SET IntervalStyle TO 'postgres'";

    private SourceRowReader() {}

    /**
     * Returns the columns of a table in schema public as capture describes them, with the first
     * column as key.
     */
    static RowSchema schema(Database database, String table) throws SQLException {
        try (SourceSession session = SourceSession.open(connection(database), "payload")) {
            Relation.Table named = new Relation.Table("public", table);
            return new RowSchema(
                    new RelationDescriber(session).describe(named).columns(), List.of(0));
        }
    }

    private static ConnectionSpec connection(Database database) {
        return new ConnectionSpec(
                database.host(),
                database.port(),
                database.name(),
                database.user(),
                new Secret(database.password()),
                TlsSpec.UNSET,
                Duration.ofMinutes(1),
                List.of());
    }

    /**
     * Runs statements in one session with pinned settings; returns the rows of the last one as
     * text.
     */
    public static List<List<String>> query(Database database, String... statements) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(PIN);
            for (int i = 0; i < statements.length - 1; i++) {
                statement.execute(statements[i]);
            }
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery(statements[statements.length - 1])) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(result.getString(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("; ", statements), e);
        }
    }

    /** Returns all rows of a table in schema public, ordered by the first column. */
    public static List<ChangeRow> read(Database database, String table)
            throws SQLException, IOException {
        RowSchema schema = schema(database, table);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(PIN);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM " + table + " ORDER BY 1) TO STDOUT", lines);
        }
        List<ChangeRow> rows = new ArrayList<>();
        for (String line : lines.toString(StandardCharsets.UTF_8).lines().toList()) {
            rows.add(
                    ChangeRow.of(
                                    Operation.UPSERT,
                                    schema,
                                    line.getBytes(StandardCharsets.UTF_8),
                                    CopyText.EMPTY)
                            .withSequence(rows.size() + 1L));
        }
        return rows;
    }
}
