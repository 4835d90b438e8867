package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.jdbc.PgConnection;

/**
 * Tells a server that works from one that will never answer, by asking over a second connection: a
 * limit on the time of a statement could not, since a large view may take an hour to its first row.
 */
public final class LivenessProbe {

    private static final String BACKEND =
            """
            SELECT pg_catalog.pg_postmaster_start_time()::text,
              (SELECT coalesce(state, '') FROM pg_catalog.pg_stat_activity WHERE pid = %d)
            """;

    /**
     * A pooler tells nobody which process serves the transaction, if one does already: it is looked
     * for by its name, which is that of the mapping. NULL where another run has one of that name.
     */
    private static final String BEHIND_POOLER =
            """
            SELECT pg_catalog.pg_postmaster_start_time()::text,
              (SELECT pg_catalog.min(coalesce(state, '')) FROM pg_catalog.pg_stat_activity
               WHERE application_name = pg_catalog.current_setting('application_name')
                 AND usename = current_user AND state <> 'idle'
                 AND pid <> pg_catalog.pg_backend_pid()
               HAVING pg_catalog.count(*) = 1)
            """;

    private final ConnectionSpec spec;

    public LivenessProbe(ConnectionSpec spec) {
        this.spec = spec;
    }

    /** How a session is, as far as can be told. */
    public enum Verdict {
        /** The server works on it, or nothing speaks against that. */
        WORKING,
        /** The server has nothing to do for it: what it has answered may be on its way. */
        ANSWERED
    }

    /**
     * Looks after a session that waits for an answer. Takes no longer than the connection's timeout
     * allows a login and two questions.
     *
     * @throws SQLException if the server does not answer, or no longer knows the session. A pooler
     *     that answers the login counts as an answer: whether all its processes are busy or the
     *     server behind it is gone is for the pooler to find out
     */
    public Verdict probe(SourceSession session) throws SQLException {
        try (PgConnection second =
                PostgresConnectionFactory.open(spec, session.applicationName())) {
            return ask(second, session);
        } catch (SQLException failure) {
            if (isUnreachable(failure)) {
                throw failure;
            }
            // a refusal, such as of one connection too many, is an answer too
            return Verdict.WORKING;
        }
    }

    private static Verdict ask(PgConnection second, SourceSession session) throws SQLException {
        try (Statement statement = second.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                session.isPooled()
                                        ? BEHIND_POOLER
                                        : BACKEND.formatted(session.backendPid()))) {
            found.next();
            Optional<String> state = Optional.ofNullable(found.getString(2));
            if (!found.getString(1).equals(session.serverStarted())) {
                // one address, several servers: this one knows nothing of the other's sessions
                return Verdict.WORKING;
            }
            if (state.isEmpty() && !session.isPooled()) {
                throw new SQLException("the server has ended the session", "08006");
            }
            return state.orElse("").startsWith("idle") ? Verdict.ANSWERED : Verdict.WORKING;
        } catch (SQLException failure) {
            if (session.isPooled()) {
                return Verdict.WORKING;
            }
            throw failure;
        }
    }

    private static boolean isUnreachable(SQLException failure) {
        return failure.getSQLState() != null && failure.getSQLState().startsWith("08");
    }
}
