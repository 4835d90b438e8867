package com.evolvishub.cdc.connectors.postgres.progress;

import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.spi.ExtraRows;
import com.evolvishub.cdc.sink.spi.KeyComparison;
import com.evolvishub.cdc.sink.spi.KeyComparison.RecordingStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Records the keys that a load has written, in a table of schema {@code evolvishub_cdc} that exists
 * as long as the load. Each batch adds its keys in its own transaction. The server compares them
 * with the destination table, so no keys are held in memory. A row of NULLs means a row that was
 * moved to the dead letters. The table's comment names the load.
 */
public final class LoadedKeyTable {

    private static final int MAX_SAMPLE_KEYS = 3;

    private static final String STATE =
            """
            SELECT (SELECT compared_load FROM evolvishub_cdc.lane WHERE identity = ?),
                   (SELECT obj_description(to_regclass(?), 'pg_class'))\
            """;

    private static final String KEY =
            """
            SELECT attname FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum\
            """;

    // An OID is not valid any more after a restore from a dump or a swap of tables. So other
    // pipelines are also identified by the name of their table, unless their OID is that of a table
    // of this name in another schema.
    private static final String WRITERS =
            """
            WITH target AS (
                SELECT oid, relname, '.' || CASE WHEN relname ~ '[."]'
                    THEN '"' || replace(relname, '"', '""') || '"' ELSE relname END AS ending
                FROM pg_class WHERE oid = to_regclass(?)
            ), lane AS (
                SELECT identity, target_table, created_table,
                       right(identity, length(ending)) = ending AS named
                FROM evolvishub_cdc.lane, target
            )
            SELECT EXISTS (SELECT FROM lane, target
                           WHERE created_table = oid AND (named OR identity = ?)),
                   ARRAY(SELECT identity FROM lane, target
                         WHERE identity <> ? AND (target_table = target.oid
                            OR named AND NOT EXISTS (
                                SELECT FROM pg_class other
                                WHERE other.oid = target_table AND other.relname = target.relname))
                         ORDER BY 1)\
            """;

    private final PostgresSession session;
    private final String identity;
    private final String name;
    private final String target;

    /**
     * @param identity identity of the pipeline
     * @param target the destination table, quoted for SQL
     */
    public LoadedKeyTable(PostgresSession session, String identity, String target) {
        this.session = session;
        this.identity = identity;
        this.name = "evolvishub_cdc.loaded_" + hash(identity);
        this.target = target;
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public String table() {
        return name;
    }

    /**
     * Starts or continues recording keys.
     *
     * @param key the key's columns in the destination table
     */
    public RecordingStatus startRecording(String load, boolean begins, List<TableColumn> key)
            throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(STATE)) {
            select.setString(1, identity);
            select.setString(2, name);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                if (load.equals(row.getString(1))) {
                    return RecordingStatus.DONE;
                }
                if (load.equals(row.getString(2))) {
                    return RecordingStatus.NOTES;
                }
            }
        } finally {
            session.rollback();
        }
        if (!begins) {
            return RecordingStatus.impossible(
                    "table %s, which held the keys loaded so far, is gone".formatted(name));
        }
        return create(load, key);
    }

    private RecordingStatus create(String load, List<TableColumn> key) throws SQLException {
        try {
            session.execute("DROP TABLE IF EXISTS " + name);
            session.execute(
                    "CREATE TABLE %s AS SELECT %s FROM %s WITH NO DATA"
                            .formatted(
                                    name,
                                    key.stream()
                                            .map(LoadedKeyTable::nullable)
                                            .collect(Collectors.joining(", ")),
                                    target));
            session.execute("COMMENT ON TABLE %s IS %s".formatted(name, SqlLiteral.quote(load)));
            session.commit();
            return RecordingStatus.NOTES;
        } catch (SQLException e) {
            session.rollback();
            if (!PostgresErrorClassifier.is(e, PostgresErrorClassifier.INSUFFICIENT_PRIVILEGE)) {
                throw e;
            }
            return RecordingStatus.impossible(
                    "%s; GRANT CREATE ON SCHEMA evolvishub_cdc to the role, and reset once more"
                            .formatted(PostgresErrorClassifier.message(e)));
        }
    }

    /**
     * Selects a key column with its base type: a domain may reject the NULL that means a dead
     * letter.
     */
    private static String nullable(TableColumn column) {
        String quoted = SqlIdentifier.quote(column.name());
        return column.type().equals(column.baseType())
                ? quoted
                : "%s::%s AS %1$s".formatted(quoted, column.baseType());
    }

    /** Discards the recorded keys: rows without a key follow, or rows of the load were lost. */
    public void drop() throws SQLException {
        session.execute("DROP TABLE IF EXISTS " + name);
        session.commit();
    }

    /** Records a dead letter. Called in the transaction that writes it. */
    public void recordDeadLetter() throws SQLException {
        session.execute("INSERT INTO %s DEFAULT VALUES".formatted(name));
    }

    /**
     * See {@link KeyComparison#compare}. Ends the caller's transaction, which locks the progress
     * row.
     */
    public ExtraRows compare(String load, Predicate<ExtraRows> deletes)
            throws SQLException, DestinationException {
        try {
            List<String> key = key();
            if (key.isEmpty()) {
                throw new DestinationException(
                        "table %s, which held the keys loaded so far, is gone; start with --reset once more"
                                .formatted(name));
            }
            ExtraRows found = find(key);
            if (deletes.test(found)) {
                found = found.withDeleted(delete(key));
            }
            session.execute("DROP TABLE " + name);
            session.execute(
                    "UPDATE evolvishub_cdc.lane SET compared_load = %s WHERE identity = %s"
                            .formatted(SqlLiteral.quote(load), SqlLiteral.quote(identity)));
            session.commit();
            return found;
        } catch (SQLException | DestinationException e) {
            session.rollback();
            throw e;
        }
    }

    private List<String> key() throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(KEY)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    key.add(row.getString(1));
                }
            }
        }
        return key;
    }

    private ExtraRows find(List<String> key) throws SQLException {
        session.execute("ANALYZE " + name);
        session.execute(
                ("CREATE TEMPORARY TABLE cdc_extra ON COMMIT DROP AS SELECT %s FROM %s AS cdc_t"
                                + " WHERE NOT EXISTS (SELECT FROM %s AS cdc_k WHERE %s)")
                        .formatted(
                                list(key, column -> "cdc_t." + column),
                                target,
                                name,
                                equalKeys(key, "cdc_k")));
        long extra = session.number("SELECT count(*) FROM pg_temp.cdc_extra");
        long rows = session.number("SELECT count(*) FROM " + target);
        long deadLettered =
                session.number(
                        "SELECT count(*) FROM %s AS cdc_k WHERE NOT (ROW(%s) IS NOT NULL)"
                                .formatted(name, list(key, column -> "cdc_k." + column)));
        try (PreparedStatement select = session.connection().prepareStatement(WRITERS)) {
            select.setString(1, target);
            select.setString(2, identity);
            select.setString(3, identity);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new ExtraRows(
                        rows,
                        extra,
                        sampleKeys(),
                        deadLettered,
                        row.getBoolean(1),
                        List.of((String[]) row.getArray(2).getArray()),
                        0);
            }
        }
    }

    private List<String> sampleKeys() throws SQLException {
        List<String> keys = new ArrayList<>();
        try (PreparedStatement select =
                        session.connection()
                                .prepareStatement(
                                        "SELECT left(cdc_e::text, 100) FROM pg_temp.cdc_extra AS"
                                                + " cdc_e LIMIT "
                                                + MAX_SAMPLE_KEYS);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.add(row.getString(1));
            }
        }
        return keys;
    }

    private long delete(List<String> key) throws SQLException, DestinationException {
        try {
            return session.update(
                    "DELETE FROM %s AS cdc_t USING pg_temp.cdc_extra AS cdc_e WHERE %s"
                            .formatted(target, equalKeys(key, "cdc_e")));
        } catch (SQLException e) {
            if (!PostgresErrorClassifier.isRowRejected(e)) {
                throw e;
            }
            throw new DestinationException(
                    "the extra rows cannot be deleted: %s. Delete what refers to them; or start without --delete-extra, and they stay"
                            .formatted(PostgresErrorClassifier.message(e)),
                    e);
        }
    }

    private static String equalKeys(List<String> key, String other) {
        return key.stream()
                .map(SqlIdentifier::quote)
                .map(column -> "cdc_t." + column + " = " + other + "." + column)
                .collect(Collectors.joining(" AND "));
    }

    private static String list(List<String> names, UnaryOperator<String> each) {
        return names.stream().map(SqlIdentifier::quote).map(each).collect(Collectors.joining(", "));
    }
}
