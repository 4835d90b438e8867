package com.evolvishub.cdc.connectors.postgres.session;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Classifies errors of the server by SQLSTATE, never by text: texts differ between versions and
 * languages.
 */
public final class PostgresErrorClassifier {

    /** A lock was not available within {@code lock_timeout}. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A unique index already contains the value. */
    public static final String UNIQUE_VIOLATION = "23505";

    /** No object of that name exists. */
    public static final String UNDEFINED_OBJECT = "42704";

    /** A function does not accept the value. */
    public static final String INVALID_PARAMETER_VALUE = "22023";

    /**
     * Our own code, in a class that counts as an outage: the next opening finds out what happened.
     */
    public static final String PROGRESS_CHANGED = "57P0X";

    private static final String AUTHENTICATION_CLASS = "28";

    /** The role lacks a privilege. */
    public static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** The server's function that checks whether policies accept a row. */
    private static final String POLICY_CHECK = "ExecWithCheckOptions";

    private static final List<String> ROW_CLASSES = List.of("22", "23", "54");
    // 21000: two rows of one key in a statement, avoided by smaller batches; P0001 to P0004: a
    // trigger's RAISE, its SELECT INTO STRICT, its ASSERT
    private static final Set<String> ROW_STATES =
            Set.of("21000", "P0001", "P0002", "P0003", "P0004", "44000");

    // Matches classes that users may raise in a trigger: the standard leaves all classes that begin
    // with 5 to 9 or I to Z to them. Excluded are those of the server and its own languages
    private static final Pattern USER_CLASS = Pattern.compile("(?!5[3-8]|72|P0|XX)[5-9I-Z].*");

    private static final List<String> OUTAGE_CLASSES = List.of("08", "53", "57", "40", "58");
    // 25006: a standby that was or will be the primary; 55006: object in use
    private static final Set<String> OUTAGE_STATES = Set.of(LOCK_NOT_AVAILABLE, "55006", "25006");

    private static final Pattern COLUMN_OF_COPY = Pattern.compile(", column (.+?)(: |$)");

    private PostgresErrorClassifier() {}

    // input functions of types like regclass, or types without input, report these for a value:
    // 42704, 0A000
    private static final List<String> INPUT_CLASSES = List.of("0A", "2B", "3F", "42");

    // table, schema, column or unique index was dropped since it was read
    private static final Set<String> TABLE_CHANGED = Set.of("42P01", "3F000", "42703", "42P10");

    /** Whether the rows caused the error, not the server or the table. */
    public static boolean isRowRejected(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && (ROW_STATES.contains(state)
                        || ROW_CLASSES.contains(state.substring(0, 2))
                        || USER_CLASS.matcher(state).matches()
                        || isPolicy(e));
    }

    /**
     * Whether a policy rejects the row, rather than a missing privilege: the server has one code
     * for both.
     */
    private static boolean isPolicy(SQLException e) {
        return is(e, INSUFFICIENT_PRIVILEGE)
                && e instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && POLICY_CHECK.equals(postgres.getServerErrorMessage().getRoutine());
    }

    /**
     * Whether the server accepted a COPY and rejects a row of it. If a trigger's function fails,
     * the error's context starts with that function, not with the COPY.
     */
    public static boolean isCopyRowRejected(SQLException e) {
        return e.getSQLState() != null
                && INPUT_CLASSES.contains(e.getSQLState().substring(0, 2))
                && !isPolicy(e)
                && e instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && String.valueOf(postgres.getServerErrorMessage().getWhere()).startsWith("COPY ");
    }

    /** Whether the table was changed. */
    public static boolean isTableChanged(SQLException e) {
        return e.getSQLState() != null && TABLE_CHANGED.contains(e.getSQLState());
    }

    public static boolean is(SQLException e, String state) {
        return state.equals(e.getSQLState());
    }

    /** Classifies a failure by whether a retry may succeed. */
    public static FailureKind classify(Exception failure) {
        if (failure instanceof IllegalArgumentException) {
            // a name that is not valid
            return FailureKind.PERMANENT;
        }
        if (!(failure instanceof SQLException sql) || sql.getSQLState() == null) {
            return FailureKind.TRANSIENT;
        }
        String state = sql.getSQLState();
        if (state.startsWith(AUTHENTICATION_CLASS)) {
            return FailureKind.AUTHENTICATION;
        }
        return OUTAGE_STATES.contains(state) || OUTAGE_CLASSES.contains(state.substring(0, 2))
                ? FailureKind.TRANSIENT
                : FailureKind.PERMANENT;
    }

    /**
     * Returns the server's message with the column it refers to. Omits the detail, which shows all
     * cells of the row.
     */
    public static String message(SQLException e) {
        if (!(e instanceof PSQLException postgres) || postgres.getServerErrorMessage() == null) {
            return String.valueOf(e.getMessage());
        }
        ServerErrorMessage server = postgres.getServerErrorMessage();
        String column = column(server);
        return (column.isEmpty() ? "" : "column \"" + column + "\": ")
                + server.getMessage()
                + " (SQLSTATE "
                + server.getSQLState()
                + ")";
    }

    private static String column(ServerErrorMessage server) {
        if (server.getColumn() != null) {
            return server.getColumn();
        }
        if (server.getWhere() == null) {
            return "";
        }
        Matcher matcher = COLUMN_OF_COPY.matcher(server.getWhere().lines().findFirst().orElse(""));
        return matcher.find() ? matcher.group(1) : "";
    }
}
