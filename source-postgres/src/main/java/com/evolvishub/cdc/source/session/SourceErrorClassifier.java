package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.runtime.connection.CertificateExpiryHint;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Distinguishes transient errors from permanent ones, which need action by the user. */
public final class SourceErrorClassifier {

    /** connection, transaction rollback, resources, operator intervention, system error */
    private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** lock not available; object in use */
    private static final Set<String> TRANSIENT_STATES = Set.of(LOCK_NOT_AVAILABLE, "55006");

    private SourceErrorClassifier() {}

    /**
     * Returns the error with a human-readable message. Unexpected exceptions are returned
     * unchanged.
     */
    public static RuntimeException toException(Exception failure) {
        if (failure instanceof SourceException known) {
            return known;
        }
        if (failure instanceof SQLException sql) {
            return SourceException.of(text(sql), isTransient(sql), sql);
        }
        if (failure instanceof IOException io) {
            return SourceException.of(io.toString(), true, io);
        }
        return failure instanceof RuntimeException bug ? bug : new IllegalStateException(failure);
    }

    /** Whether another session holds a lock that blocks readers; a poll does not wait for it. */
    public static boolean isLockConflict(Exception failure) {
        return failure instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState());
    }

    /**
     * Whether the server has ended the session because it was idle ({@code idle_session_timeout}).
     */
    public static boolean isIdleTimeout(SQLException failure) {
        return "57P05".equals(failure.getSQLState());
    }

    private static boolean isTransient(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || state.length() != 5) {
            return true;
        }
        return TRANSIENT_CLASSES.contains(state.substring(0, 2))
                || TRANSIENT_STATES.contains(state);
    }

    /** The message without the DETAIL, which may contain cells of a row. */
    private static String text(SQLException failure) {
        ServerErrorMessage server =
                failure instanceof PSQLException known ? known.getServerErrorMessage() : null;
        if (server == null) {
            return failure.getMessage() + CertificateExpiryHint.describe(failure);
        }
        String hint = server.getHint() == null ? "" : " (" + server.getHint() + ")";
        return server.getMessage() + hint + " [" + failure.getSQLState() + "]";
    }
}
