package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.progress.InternalTableCreator;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescriptionReader;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The dead letters of one pipeline in a table. A replay is one transaction that locks the
 * pipeline's progress row, as each batch does. So it runs between two batches, and its check for
 * superseded dead letters is reliable.
 */
public final class PostgresDeadLetterStore implements DeadLetterStore {

    private final Pipeline pipeline;
    private volatile PostgresSession session;
    private volatile boolean closed;
    private Optional<DeadLetterTable> deadLetters = Optional.empty();

    public PostgresDeadLetterStore(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * Returns the table of dead letters; empty as long as nothing was ever delivered to this
     * database.
     */
    private Optional<DeadLetterTable> deadLetters() throws SQLException {
        if (session == null) {
            PostgresSession fresh =
                    PostgresSession.open(pipeline.deliver().destination(), pipeline.mapping());
            session = fresh;
            if (closed) {
                fresh.abort();
                throw new SQLException("closed");
            }
            if (InternalTableCreator.deadLetterTableExists(session)) {
                InternalTableCreator.ensure(session);
                deadLetters = Optional.of(new DeadLetterTable(session, pipeline));
            }
        }
        return deadLetters;
    }

    @Override
    public List<DeadLetter> listAfter(String id, int limit) throws SQLException {
        Optional<DeadLetterTable> table = deadLetters();
        if (table.isEmpty()) {
            return List.of();
        }
        List<DeadLetter> found = table.get().after(id.isEmpty() ? 0 : Long.parseLong(id), limit);
        session.commit();
        return found;
    }

    @Override
    public Optional<DeadLetter> find(String id) throws SQLException {
        if (!id.matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return listAfter(Long.toString(Long.parseLong(id) - 1), 1).stream()
                .filter(deadLetter -> deadLetter.id().equals(id))
                .findFirst();
    }

    @Override
    public Optional<String> replay(DeadLetter deadLetter, ReplayPolicy policy)
            throws SQLException, DestinationException {
        DeadLetterTable stored =
                deadLetters().orElseThrow(() -> new SQLException("evolvishub_cdc is gone"));
        long id = Long.parseLong(deadLetter.id());
        try {
            TableDescription table = destination();
            lockProgressRow();
            Optional<StoredDeadLetter> held = stored.lock(id);
            String reason =
                    held.map(StoredDeadLetter::superseded).orElse("it is not there any more");
            if (held.isEmpty() || (!reason.isEmpty() && policy == ReplayPolicy.REFUSE_SUPERSEDED)) {
                session.rollback();
                return Optional.of(reason);
            }
            new DeadLetterReplayWriter(
                            session, table, held.get(), pipeline.deliver().schemaChange())
                    .write();
            stored.delete(id);
            session.commit();
            return Optional.empty();
        } catch (RowRejectedException e) {
            session.rollback();
            return Optional.of("refused again: " + e.getMessage());
        } catch (SQLException e) {
            if (PostgresErrorClassifier.isRowRejected(e)) {
                session.rollback();
                return Optional.of("refused again: " + PostgresErrorClassifier.message(e));
            }
            throw e;
        }
    }

    private TableDescription destination() throws SQLException, DestinationException {
        EndpointSpec endpoint = pipeline.deliver().destination();
        return new TableDescriptionReader(session)
                .describe(endpoint)
                .orElseThrow(
                        () ->
                                new DestinationException(
                                        "table %s: not there"
                                                .formatted(
                                                        SqlIdentifier.quote(
                                                                endpoint.schema(),
                                                                endpoint.table()))));
    }

    /** Waits for the running batch, and blocks the next one. */
    private void lockProgressRow() throws SQLException {
        session.execute("SET LOCAL lock_timeout = '60s'");
        try (PreparedStatement select =
                session.connection()
                        .prepareStatement(
                                "SELECT FROM evolvishub_cdc.lane WHERE identity = ? FOR UPDATE")) {
            select.setString(1, pipeline.identity());
            try (ResultSet held = select.executeQuery()) {
                held.next();
            }
        }
    }

    @Override
    public void drop(DeadLetter deadLetter) throws SQLException {
        Optional<DeadLetterTable> table = deadLetters();
        if (table.isPresent()) {
            table.get().delete(Long.parseLong(deadLetter.id()));
            session.commit();
        }
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof DestinationException
                ? FailureKind.PERMANENT
                : PostgresErrorClassifier.classify(failure);
    }

    @Override
    public void close() {
        closed = true;
        PostgresSession held = session;
        if (held != null) {
            held.abort();
        }
    }
}
