package com.evolvishub.cdc.connectors.postgres.transactional;

import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransaction;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactions;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what was prepared, once its checkpoint is complete. What cannot be committed ends the
 * task, and is committed when it is started again from that checkpoint; nothing is put off, because
 * the lane hands on rows as soon as this returns.
 */
final class PostgresTransactionCommitter implements Committer<PreparedTransaction> {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTransactionCommitter.class);

    private final Pipeline pipeline;
    private final String run;
    private final boolean reloads;
    private PostgresSession session;

    /**
     * @param run this run of the job
     * @param forgets whether what an earlier run has written may be lost: the mapping loads anew
     */
    PostgresTransactionCommitter(Pipeline pipeline, String run, boolean forgets) {
        this.pipeline = pipeline;
        this.run = run;
        this.reloads = forgets;
    }

    @Override
    public void commit(Collection<CommitRequest<PreparedTransaction>> requests) throws IOException {
        for (CommitRequest<PreparedTransaction> request : requests) {
            PreparedTransaction transaction = request.getCommittable();
            if (!committed(transaction)) {
                failOnLostTransaction(transaction);
            }
        }
    }

    /** A connection that has died since the last checkpoint is no outage yet. */
    private boolean committed(PreparedTransaction transaction) throws IOException {
        boolean fresh = session == null;
        try {
            return transactions().commit(transaction);
        } catch (SQLException e) {
            closeSession();
            if (!fresh) {
                return committed(transaction);
            }
            throw new IOException(
                    "%s: cannot commit prepared transaction \"%s\" at the destination: %s"
                            .formatted(
                                    pipeline.mapping(),
                                    transaction.gid(),
                                    PostgresErrorClassifier.message(e)),
                    e);
        }
    }

    private PreparedTransactions transactions() throws SQLException {
        if (session == null) {
            session = PostgresSession.open(pipeline.deliver().destination(), pipeline.mapping());
        }
        return new PreparedTransactions(session, pipeline.identity());
    }

    private void failOnLostTransaction(PreparedTransaction transaction) throws IOException {
        String what =
                "%s: prepared transaction \"%s\" was rolled back at the destination, by hand or by another run of this file, or the destination is no longer the server that it was: rows of the last checkpoint are not there"
                        .formatted(pipeline.mapping(), transaction.gid());
        if (!reloads || transaction.run().equals(run)) {
            throw new IOException(
                    what + "; start with --reset " + pipeline.mapping() + " to load anew");
        }
        LOG.warn("{}; all is loaded anew", what);
    }

    private void closeSession() {
        if (session != null) {
            session.abort();
            session = null;
        }
    }

    @Override
    public void close() {
        closeSession();
    }
}
