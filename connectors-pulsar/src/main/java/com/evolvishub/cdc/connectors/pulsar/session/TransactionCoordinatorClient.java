package com.evolvishub.cdc.connectors.pulsar.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.transaction.Transaction;
import org.apache.pulsar.client.api.transaction.TxnID;

/**
 * The one who begins and ends transactions at a cluster, as a session of a client with transactions
 * reaches it.
 *
 * @param session the connection
 */
public record TransactionCoordinatorClient(PulsarSession session) {

    /** A new transaction, which the broker gives up after this time. */
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

    /** Has the messages of a transaction never be seen. */
    public void abort(TxnID transaction) throws Exception {
        session.await(
                session.client().getTcClient().abortAsync(transaction), "to give up a transaction");
    }
}
