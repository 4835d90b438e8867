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
 * Commits prepared transactions, once their checkpoint is complete. A failed commit ends the task,
 * and is retried when the task restarts from that checkpoint. Commits are never deferred, because
 * the pipeline forwards further rows as soon as this returns.
 */
final class PostgresTransactionCommitter implements Committer<PreparedTransaction> {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTransactionCommitter.class);

    private final Pipeline pipeline;
    private final String run;
    private final boolean reloads;
    private PostgresSession session;

    /**
     * @param run this run of the job
     * @param reloads whether a transaction of an earlier run may be lost, because the mapping
     *     reloads
     */
    PostgresTransactionCommitter(Pipeline pipeline, String run, boolean reloads) {
        this.pipeline = pipeline;
        this.run = run;
        this.reloads = reloads;
    }

    @Override
    public void commit(Collection<CommitRequest<PreparedTransaction>> requests) throws IOException {
        for (CommitRequest<PreparedTransaction> request : requests) {
            PreparedTransaction transaction = request.getCommittable();
            if (!commitOne(transaction)) {
                failOnLostTransaction(transaction);
            }
        }
    }

    /** Retries once on a new connection: the old one may have died since the last checkpoint. */
    private boolean commitOne(PreparedTransaction transaction) throws IOException {
        boolean fresh = session == null;
        try {
            return transactions().commit(transaction);
        } catch (SQLException e) {
            closeSession();
            if (!fresh) {
                return commitOne(transaction);
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
