package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.schema.DestinationColumnTypes;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibility;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibilityCheck;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The SQL that writes rows of one schema into one table. Aliases have our prefix; all names are
 * quoted.
 */
final class WriteStatements {

    private final TableDescription table;
    private final List<String> columns;
    private final List<String> key;
    private final BatchStaging staging;

    WriteStatements(
            TableDescription table,
            TableCompatibility fit,
            RowKeyKind keyKind,
            BatchStaging staging) {
        this.table = table;
        this.staging = staging;
        List<String> written = new ArrayList<>(fit.columns());
        if (keyKind == RowKeyKind.ROW_ID) {
            written.add(RowKeyKind.ROW_ID_COLUMN);
        }
        this.columns = List.copyOf(written);
        this.key = TableCompatibilityCheck.keyOf(fit.schema(), keyKind);
    }

    /**
     * Locks the table's definition until the end of the transaction, and reads its {@link #shape}.
     * Deferrable constraints are deferred: rows may depend on rows that another statement of the
     * transaction writes.
     */
    String lockAndShape() {
        return "SET CONSTRAINTS ALL DEFERRED; SELECT FROM ONLY "
                + table.quoted()
                + " LIMIT 0; "
                + shape(table);
    }

    /**
     * Returns a query for the fingerprint of the table. It changes when the table is replaced, or
     * its columns or anything else that affects writes changes: without the key's index COPY would
     * insert a row twice, and an unknown policy or trigger would skip rows uncounted.
     */
    static String shape(TableDescription table) {
        return """
        SELECT concat_ws(';', c.oid, c.relrowsecurity, c.relforcerowsecurity,
            (SELECT string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod,
                    a.attnotnull, a.attgenerated, a.attidentity), ',' ORDER BY a.attnum)
             FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
            (SELECT string_agg(concat_ws(' ', i.indexrelid, i.indisvalid), ','
                    ORDER BY i.indexrelid)
             FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
            (SELECT string_agg(concat_ws(' ', t.oid, t.tgenabled), ',' ORDER BY t.oid)
             FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
            (SELECT string_agg(concat_ws(' ', r.oid, r.ev_enabled), ',' ORDER BY r.oid)
             FROM pg_rewrite r WHERE r.ev_class = c.oid),
            (SELECT string_agg(p.oid::text, ',' ORDER BY p.oid)
             FROM pg_policy p WHERE p.polrelid = c.oid))
        FROM pg_class c WHERE c.oid = %s::regclass\
        """
                .formatted(SqlLiteral.quote(table.quoted()));
    }

    String copyIntoTable() {
        return "COPY %s (%s) FROM STDIN".formatted(table.quoted(), list(columns));
    }

    String copyIntoRows() {
        return "COPY pg_temp.cdc_rows FROM STDIN";
    }

    String copyIntoKeys() {
        return "COPY pg_temp.cdc_keys FROM STDIN";
    }

    /**
     * Returns the statements that create temporary tables with the destination's own types.
     *
     * @param atCommit their ON COMMIT action: DELETE ROWS or DROP
     */
    List<String> createTemporaryTables(String atCommit) {
        return List.of(
                "DROP TABLE IF EXISTS pg_temp.cdc_rows, pg_temp.cdc_keys",
                temporary("cdc_rows", columns, atCommit),
                temporary("cdc_keys", key, atCommit));
    }

    private String temporary(String name, List<String> selected, String atCommit) {
        return "CREATE TEMPORARY TABLE %s ON COMMIT %s AS SELECT %s FROM %s WITH NO DATA"
                .formatted(name, atCommit, list(selected), table.quoted());
    }

    /**
     * Returns the merge. It does not update existing rows that are identical. It compares records
     * by {@code *<>}, which also works for json and point and distinguishes 1.0 from 1.00. So key
     * columns of such types are updated as well.
     */
    String merge() {
        List<String> changed =
                columns.stream()
                        .filter(column -> !key.contains(column) || equalMayDiffer(column))
                        .filter(column -> !isAlwaysIdentity(column))
                        .toList();
        String action =
                changed.isEmpty()
                        ? "NOTHING"
                        : "UPDATE SET %s WHERE ROW(%s)::record *<> ROW(%s)::record"
                                .formatted(
                                        list(changed, name -> name + " = excluded." + name),
                                        list(changed, name -> "cdc_t." + name),
                                        list(changed, name -> "excluded." + name));
        return "INSERT INTO %s AS cdc_t (%s) %sSELECT %s FROM %s AS cdc_r ON CONFLICT (%s) DO %s"
                .formatted(
                        table.quoted(),
                        list(columns),
                        columns.stream().anyMatch(this::isAlwaysIdentity)
                                ? "OVERRIDING SYSTEM VALUE "
                                : "",
                        list(columns),
                        staging.rows(columns),
                        list(key),
                        action);
    }

    /**
     * Returns the statement that copies the keys of a batch into a table with the key's columns.
     */
    String recordKeys(String loadedKeys) {
        return "INSERT INTO %s (%s) SELECT %s FROM %s AS cdc_r"
                .formatted(loadedKeys, list(key), list(key), staging.rows(columns));
    }

    /** Returns the statement that inserts rows without a merge. */
    String insert() {
        return "INSERT INTO %s (%s) %sSELECT %s FROM %s AS cdc_r"
                .formatted(
                        table.quoted(),
                        list(columns),
                        columns.stream().anyMatch(this::isAlwaysIdentity)
                                ? "OVERRIDING SYSTEM VALUE "
                                : "",
                        list(columns),
                        staging.rows(columns));
    }

    /**
     * Returns a query that counts rows that a merge skipped: the key does not exist, or has an
     * older version.
     */
    String countUnmerged() {
        List<String> others = columns.stream().filter(column -> !key.contains(column)).toList();
        String first = SqlIdentifier.quote(key.get(0));
        return "SELECT count(*) FROM %s AS cdc_r LEFT JOIN %s AS cdc_t ON %s WHERE cdc_t.%s IS NULL%s"
                .formatted(
                        staging.rows(columns),
                        table.quoted(),
                        sameKey("cdc_r"),
                        first,
                        others.isEmpty()
                                ? ""
                                : " OR (cdc_t.xmin <> pg_current_xact_id()::xid AND ROW(%s)::record *<> ROW(%s)::record)"
                                        .formatted(
                                                list(others, name -> "cdc_t." + name),
                                                list(others, name -> "cdc_r." + name)));
    }

    /** Returns a query that counts rows that a delete did not remove. */
    String countUndeleted() {
        return matchedByKey("SELECT count(*) FROM %s AS cdc_t JOIN %s AS cdc_k ON %s%s");
    }

    /**
     * Returns a query for rows that would change an identity column: a GENERATED ALWAYS column
     * accepts a value only on insert. Empty if there is no such column.
     */
    Optional<String> changedIdentities() {
        return columns.stream()
                .filter(column -> !key.contains(column) && isAlwaysIdentity(column))
                .findFirst()
                .map(SqlIdentifier::quote)
                .map(
                        name ->
                                "SELECT %s FROM %s AS cdc_t JOIN %s AS cdc_r ON %s WHERE cdc_t.%s <> cdc_r.%s LIMIT 1"
                                        .formatted(
                                                SqlLiteral.quote(identityHint(name)),
                                                table.quoted(),
                                                staging.rows(columns),
                                                sameKey("cdc_r"),
                                                name,
                                                name));
    }

    private String identityHint(String name) {
        return "column %s: GENERATED ALWAYS AS IDENTITY, so the value of a row that is there cannot be changed; ALTER TABLE %s ALTER COLUMN %s SET GENERATED BY DEFAULT"
                .formatted(name, table.quoted(), name);
    }

    /** Returns the delete. It compares keys exactly: 1.0 may be deleted while 1.00 was inserted. */
    String delete() {
        return matchedByKey("DELETE FROM %s AS cdc_t USING %s AS cdc_k WHERE %s%s");
    }

    private String matchedByKey(String pattern) {
        List<String> exact = key.stream().filter(this::equalMayDiffer).toList();
        return pattern.formatted(
                table.quoted(),
                staging.keys(key),
                sameKey("cdc_k"),
                exact.isEmpty()
                        ? ""
                        : " AND ROW(%s)::record *= ROW(%s)::record"
                                .formatted(
                                        list(exact, name -> "cdc_t." + name),
                                        list(exact, name -> "cdc_k." + name)));
    }

    private String sameKey(String other) {
        return key.stream()
                .map(SqlIdentifier::quote)
                .map(name -> "cdc_t." + name + " = " + other + "." + name)
                .collect(Collectors.joining(" AND "));
    }

    private boolean equalMayDiffer(String column) {
        return table.column(column)
                .map(TableColumn::baseType)
                .map(DestinationColumnTypes::equalMayDiffer)
                .orElse(false);
    }

    /** A GENERATED ALWAYS identity column accepts a value only on insert. */
    private boolean isAlwaysIdentity(String column) {
        return table.column(column).map(TableColumn::identity).orElse(' ') == 'a';
    }

    private static String list(List<String> names) {
        return list(names, UnaryOperator.identity());
    }

    private static String list(List<String> names, UnaryOperator<String> each) {
        return names.stream().map(SqlIdentifier::quote).map(each).collect(Collectors.joining(", "));
    }
}
