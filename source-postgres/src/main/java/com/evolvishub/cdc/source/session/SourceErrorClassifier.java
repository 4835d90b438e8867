package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.runtime.connection.CertificateExpiryHint;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells failures that go by themselves from those that somebody has to mend. */
public final class SourceErrorClassifier {

    /** connection, transaction rollback, resources, operator intervention, system error */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** lock not available; object in use */
    private static final Set<String> PASSING_STATES = Set.of(LOCK_NOT_AVAILABLE, "55006");

    private SourceErrorClassifier() {}

    /** The failure with a text for people. What is nobody's outage comes back as it is. */
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

    /** Whether somebody holds a lock that excludes readers, for which a poll does not wait. */
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
        return PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING_STATES.contains(state);
    }

    /** Without the DETAIL, which may hold cells of a row. */
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
