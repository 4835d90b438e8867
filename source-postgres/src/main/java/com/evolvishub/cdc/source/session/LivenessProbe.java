package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.jdbc.PgConnection;

/**
 * Distinguishes a server that still works from one that will never respond, by a query over a
 * second connection. A statement timeout cannot do this, since a large view may take an hour to
 * return its first row.
 */
public final class LivenessProbe {

    private static final String BACKEND =
            """
            SELECT pg_catalog.pg_postmaster_start_time()::text,
              (SELECT coalesce(state, '') FROM pg_catalog.pg_stat_activity WHERE pid = %d)
            """;

    /**
     * Behind a pooler the process that serves the transaction, if there is one, is unknown. It is
     * found by its application name, which contains the mapping. NULL if another run has a session
     * of that name.
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

    /** The state of a session, as far as it is known. */
    public enum Verdict {
        /** The server works on its statement, or nothing shows otherwise. */
        WORKING,
        /** The server is idle in this session: its answer may be in transit. */
        ANSWERED
    }

    /**
     * Probes a session that waits for a response. Takes at most the connection's timeout for a
     * login and two queries.
     *
     * @throws SQLException if the server does not respond, or no longer has the session. A pooler
     *     that answers the login counts as a response: whether its processes are busy or the server
     *     behind it is down is for the pooler to detect
     */
    public Verdict probe(SourceSession session) throws SQLException {
        try (PgConnection second =
                PostgresConnectionFactory.open(spec, session.applicationName())) {
            return ask(second, session);
        } catch (SQLException failure) {
            if (isUnreachable(failure)) {
                throw failure;
            }
            // a rejection, such as of one connection too many, is a response too
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
                // one address, several servers: this one does not know the other's sessions
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
