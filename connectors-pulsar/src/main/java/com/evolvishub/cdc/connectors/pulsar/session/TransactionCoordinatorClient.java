package com.evolvishub.cdc.connectors.pulsar.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.transaction.Transaction;
import org.apache.pulsar.client.api.transaction.TxnID;

/**
 * Begins and ends transactions at a cluster's transaction coordinator.
 *
 * @param session a session with transactions
 */
public record TransactionCoordinatorClient(PulsarSession session) {

    /** Begins a transaction, which the broker aborts after the timeout. */
    public Transaction begin(Duration timeout) throws Exception {
        return session.await(
                session.client()
                        .newTransaction()
                        .withTransactionTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build(),
                "for a transaction");
    }

    /** Makes the messages of a transaction visible. */
    public void commit(TxnID transaction) throws Exception {
        session.await(
                session.client().getTcClient().commitAsync(transaction), "to commit a transaction");
    }

    /** Discards the messages of a transaction. */
    public void abort(TxnID transaction) throws Exception {
        session.await(
                session.client().getTcClient().abortAsync(transaction), "to give up a transaction");
    }
}
