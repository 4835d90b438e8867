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
 * What the server's error codes mean for a delivery. Told by code, never by text: texts differ
 * between versions and languages.
 */
public final class PostgresErrorClassifier {

    /** A lock was not to be had within {@code lock_timeout}. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A unique index has that value already. */
    public static final String UNIQUE_VIOLATION = "23505";

    /** There is nothing of that name. */
    public static final String UNDEFINED_OBJECT = "42704";

    /** A value that a function does not take. */
    public static final String INVALID_PARAMETER_VALUE = "22023";

    /** Ours, in a class that counts as an outage: the next opening tells what has happened. */
    public static final String PROGRESS_CHANGED = "57P0X";

    private static final String AUTHENTICATION_CLASS = "28";

    /** The role may not do that. */
    public static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** The server's function that looks whether policies let a row in. */
    private static final String POLICY_CHECK = "ExecWithCheckOptions";

    private static final List<String> ROW_CLASSES = List.of("22", "23", "54");
    // 21000: two rows of one key in a statement, cured by smaller batches; P0001 to P0004: a
    // trigger's RAISE, its SELECT INTO STRICT, its ASSERT
    private static final Set<String> ROW_STATES =
            Set.of("21000", "P0001", "P0002", "P0003", "P0004", "44000");

    // of the server and of its own languages; the standard leaves all other classes that begin
    // with 5 to 9 or I to Z to the user, who raises them in a trigger
    private static final Pattern USERS_CLASS = Pattern.compile("(?!5[3-8]|72|P0|XX)[5-9I-Z].*");

    private static final List<String> OUTAGE_CLASSES = List.of("08", "53", "57", "40", "58");
    // 25006: a standby that was or will be the primary; 55006: in use
    private static final Set<String> OUTAGE_STATES = Set.of(LOCK_NOT_AVAILABLE, "55006", "25006");

    private static final Pattern COLUMN_OF_COPY = Pattern.compile(", column (.+?)(: |$)");

    private PostgresErrorClassifier() {}

    // what input functions of types like regclass, or without input, say of a value: 42704, 0A000
    private static final List<String> INPUT_CLASSES = List.of("0A", "2B", "3F", "42");

    // table, schema, column or unique index gone since it was looked at
    private static final Set<String> TABLE_CHANGED = Set.of("42P01", "3F000", "42703", "42P10");

    /** Whether what is in the rows is the matter, not the server or the table. */
    public static boolean isRowRejected(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && (ROW_STATES.contains(state)
                        || ROW_CLASSES.contains(state.substring(0, 2))
                        || USERS_CLASS.matcher(state).matches()
                        || isPolicy(e));
    }

    /** Whether a policy refuses the row, not a privilege the role: the server has one code. */
    private static boolean isPolicy(SQLException e) {
        return is(e, INSUFFICIENT_PRIVILEGE)
                && e instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && POLICY_CHECK.equals(postgres.getServerErrorMessage().getRoutine());
    }

    /**
     * Whether the server, having taken a COPY, refuses what is in a row of it. What goes wrong in a
     * trigger's function has that function as its context before the COPY.
     */
    public static boolean isCopyRowRejected(SQLException e) {
        return e.getSQLState() != null
                && INPUT_CLASSES.contains(e.getSQLState().substring(0, 2))
                && !isPolicy(e)
                && e instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && String.valueOf(postgres.getServerErrorMessage().getWhere()).startsWith("COPY ");
    }

    /** Whether the table is no longer what it was. */
    public static boolean isTableChanged(SQLException e) {
        return e.getSQLState() != null && TABLE_CHANGED.contains(e.getSQLState());
    }

    public static boolean is(SQLException e, String state) {
        return state.equals(e.getSQLState());
    }

    /** Whether trying again later may help. */
    public static FailureKind classify(Exception failure) {
        if (failure instanceof IllegalArgumentException) {
            // a name that cannot be one
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
     * The server's message with the column it is about. Without its detail, which shows all the
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
