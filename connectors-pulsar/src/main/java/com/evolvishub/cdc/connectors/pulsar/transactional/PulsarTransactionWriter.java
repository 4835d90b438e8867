package com.evolvishub.cdc.connectors.pulsar.transactional;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.connectors.pulsar.session.TransactionCoordinatorClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the rows of a pipeline in one transaction per checkpoint. Used by the task's thread and
 * blocks it.
 *
 * <p>Rows keep their order: see {@link PulsarTransaction}. No row is duplicated: no producer
 * reconnects, since a reconnecting client resends what the broker may already have. A broken
 * connection fails the task; its transaction is aborted, and the rows are written in a new one.
 */
final class PulsarTransactionWriter implements CommittingSinkWriter<ChangeRow, PulsarCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(PulsarTransactionWriter.class);
    private static final Duration MAX_CLOSE_WAIT = Duration.ofSeconds(5);

    private final PulsarEndpoint target;
    private final MessageEncoder encoder;
    private PulsarSession session;
    private PulsarTransaction.Topic topic;
    private PulsarTransaction transaction;

    PulsarTransactionWriter(PulsarEndpoint target) {
        this.target = target;
        this.encoder = MessageEncoders.of(target.pipeline());
    }

    @Override
    public void write(ChangeRow row, Context context) throws IOException, InterruptedException {
        OutboundMessage message = encoded(row);
        try {
            if (transaction == null) {
                connect();
                transaction = PulsarTransaction.begin(session, topic, target.transactionTimeout());
            }
            transaction.send(message);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw failed(e);
        }
    }

    private OutboundMessage encoded(ChangeRow row) {
        try {
            return OutboundMessage.of(row.sequence(), encoder.encode(row));
        } catch (MessageEncodingException e) {
            throw new IllegalArgumentException(
                    "%s: row %d has no message: %s"
                            .formatted(target.pipeline().mapping(), row.sequence(), e.getMessage()),
                    e);
        }
    }

    /** Connects with the first row: the pipeline has checked before whether to create the topic. */
    private void connect() throws Exception {
        if (session == null) {
            session = PulsarSession.withTransactions(target);
            session.connect();
            topic =
                    new PulsarTransaction.Topic(
                            session.partitions(target.topic()), session::transactionalProducer);
        }
    }

    private IOException failed(Exception failure) {
        return new IOException(
                "%s: destination: %s".formatted(target.pipeline().mapping(), failure.getMessage()),
                failure);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        if (transaction == null) {
            return;
        }
        try {
            transaction.awaitAll();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw failed(e);
        }
    }

    @Override
    public Collection<PulsarCommittable> prepareCommit() throws IOException, InterruptedException {
        flush(false);
        if (transaction == null) {
            return List.of();
        }
        PulsarCommittable ready = transaction.toCommittable();
        transaction = null;
        return List.of(ready);
    }

    /**
     * Closes the connection and aborts the transaction that no checkpoint holds: readers wait
     * behind it until it ends. Waits up to 5 s; an unavailable broker aborts it when the
     * transaction's timeout expires.
     */
    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
        if (transaction != null) {
            Thread aborter = new Thread(this::abort, "pulsar-abort-" + target.pipeline().mapping());
            aborter.setDaemon(true);
            aborter.start();
            try {
                aborter.join(MAX_CLOSE_WAIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Uses a new connection: the other one may be broken. */
    private void abort() {
        try {
            PulsarSession fresh = PulsarSession.withCoordinator(target);
            try {
                fresh.connect();
                new TransactionCoordinatorClient(fresh).abort(transaction.toCommittable().id());
            } finally {
                fresh.close();
            }
        } catch (Exception e) {
            LOG.info(
                    "{}: rows up to {} that no checkpoint holds were not given up: {}; the broker does it within {} s, and readers of the topic wait for that",
                    target.pipeline().mapping(),
                    transaction.toCommittable().last(),
                    e.getMessage(),
                    target.transactionTimeout().toSeconds());
        }
    }
}
