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
 * Writes the rows of a lane in one transaction a checkpoint. Used by the task's thread, which waits
 * in here.
 *
 * <p>Rows keep their order: see {@link PulsarTransaction}. No row is written twice: no producer
 * reconnects, since a client that does sends again what the broker may have already. A broken
 * connection fails the task, and the rows are written by a new transaction; the broken one is given
 * up.
 */
final class PulsarTransactionWriter implements CommittingSinkWriter<ChangeRow, PulsarCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(PulsarTransactionWriter.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

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
        OutboundMessage outgoing = encoded(row);
        try {
            if (transaction == null) {
                connect();
                transaction = PulsarTransaction.begin(session, topic, target.transactionTimeout());
            }
            transaction.send(outgoing);
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

    /** Not before there is a row: the lane has looked by then whether the topic may be made. */
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
     * Lets go of the cluster, and has rows given up that no checkpoint holds: until then readers
     * stop in front of them. Waits a little for that; a broker that is away gives them up itself,
     * when the transaction's time is over.
     */
    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
        if (transaction != null) {
            Thread ending = new Thread(this::abort, "pulsar-abort-" + target.pipeline().mapping());
            ending.setDaemon(true);
            ending.start();
            try {
                ending.join(LONGEST_CLOSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** By a connection of its own: the other one may be what broke. */
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
