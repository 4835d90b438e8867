package com.evolvishub.cdc.connectors.pulsar.transactional;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.connectors.pulsar.session.TransactionCoordinatorClient;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.pulsar.client.api.transaction.TransactionCoordinatorClientException.InvalidTxnStatusException;
import org.apache.pulsar.client.api.transaction.TransactionCoordinatorClientException.TransactionNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits transactions whose checkpoint is complete. If a commit fails, the task fails, and commits
 * again when it is restarted from that checkpoint.
 *
 * <p>A coordinator forgets a transaction as soon as it has ended, committed or aborted. An unknown
 * transaction was committed before if its timeout has not expired; if it has, the outcome cannot be
 * determined, and the log names the rows.
 */
final class PulsarTransactionCommitter implements Committer<PulsarCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(PulsarTransactionCommitter.class);

    private final PulsarEndpoint target;
    private PulsarSession session;

    PulsarTransactionCommitter(PulsarEndpoint target) {
        this.target = target;
    }

    @Override
    public void commit(Collection<CommitRequest<PulsarCommittable>> requests)
            throws IOException, InterruptedException {
        for (CommitRequest<PulsarCommittable> request : requests) {
            commit(request);
        }
    }

    private void commit(CommitRequest<PulsarCommittable> request)
            throws IOException, InterruptedException {
        PulsarCommittable transaction = request.getCommittable();
        try {
            connect();
            new TransactionCoordinatorClient(session).commit(transaction.id());
        } catch (InterruptedException e) {
            throw e;
        } catch (TransactionNotFoundException e) {
            handleUnknownTransaction(request, e);
        } catch (InvalidTxnStatusException e) {
            LOG.error("{}; start with --reset {}", lost(transaction), mapping(), e);
            request.signalFailedWithKnownReason(e);
        } catch (Exception e) {
            closeSession();
            throw new IOException(
                    "%s: cannot commit rows %d to %d at the destination: %s"
                            .formatted(
                                    mapping(),
                                    transaction.first(),
                                    transaction.last(),
                                    e.getMessage()),
                    e);
        }
    }

    private void connect() throws Exception {
        if (session == null) {
            session = PulsarSession.withCoordinator(target);
            session.connect();
        }
    }

    private void handleUnknownTransaction(
            CommitRequest<PulsarCommittable> request, TransactionNotFoundException failure) {
        PulsarCommittable transaction = request.getCommittable();
        if (Clock.systemUTC().millis() < transaction.end()) {
            request.signalAlreadyCommitted();
            return;
        }
        LOG.error(
                "{}, unless an earlier run has committed them; compare the topic with the source, or start with --reset {}",
                lost(transaction),
                mapping());
        request.signalFailedWithKnownReason(failure);
    }

    private String lost(PulsarCommittable transaction) {
        return "%s: the broker has given up the transaction of rows %d to %d before they could be committed (transaction_timeout_seconds: %d): they are lost at the destination"
                .formatted(
                        mapping(),
                        transaction.first(),
                        transaction.last(),
                        target.transactionTimeout().toSeconds());
    }

    private String mapping() {
        return target.pipeline().mapping();
    }

    private void closeSession() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    @Override
    public void close() {
        closeSession();
    }
}
