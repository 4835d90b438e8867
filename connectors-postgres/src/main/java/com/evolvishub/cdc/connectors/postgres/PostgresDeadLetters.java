package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The dead letters of one lane into a table. A replay is one transaction that holds the lane's own
 * row, as each batch does: it lies between two batches, and what it finds superseded is so.
 */
final class PostgresDeadLetters implements DeadLetters {

    private final Pipeline pipeline;
    private volatile PostgresSession session;
    private volatile boolean closed;
    private Optional<DeadLetterTable> letters = Optional.empty();

    PostgresDeadLetters(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The table of letters; none as long as nothing was ever delivered to this database. */
    private Optional<DeadLetterTable> letters() throws SQLException {
        if (session == null) {
            PostgresSession fresh =
                    PostgresSession.open(pipeline.deliver().destination(), pipeline.mapping());
            session = fresh;
            if (closed) {
                fresh.abort();
                throw new SQLException("closed");
            }
            if (LaneTableCreation.haveLetters(session)) {
                LaneTableCreation.ensure(session);
                letters = Optional.of(new DeadLetterTable(session, pipeline));
            }
        }
        return letters;
    }

    @Override
    public List<DeadLetter> after(String id, int atMost) throws SQLException {
        Optional<DeadLetterTable> table = letters();
        if (table.isEmpty()) {
            return List.of();
        }
        List<DeadLetter> found = table.get().after(id.isEmpty() ? 0 : Long.parseLong(id), atMost);
        session.commit();
        return found;
    }

    @Override
    public Optional<DeadLetter> find(String id) throws SQLException {
        if (!id.matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return after(Long.toString(Long.parseLong(id) - 1), 1).stream()
                .filter(letter -> letter.id().equals(id))
                .findFirst();
    }

    @Override
    public Optional<String> replay(DeadLetter letter, ReplayRule rule)
            throws SQLException, DestinationException {
        DeadLetterTable table =
                letters().orElseThrow(() -> new SQLException("evolvishub_cdc is gone"));
        long id = Long.parseLong(letter.id());
        try {
            TableDescription into = destination();
            holdLane();
            Optional<StoredLetter> held = table.lock(id);
            String reason = held.map(StoredLetter::superseded).orElse("it is not there any more");
            if (held.isEmpty() || (!reason.isEmpty() && rule == ReplayRule.REFUSE_SUPERSEDED)) {
                session.rollback();
                return Optional.of(reason);
            }
            new LetterWriter(session, into, held.get(), pipeline.deliver().schemaChange()).write();
            table.delete(id);
            session.commit();
            return Optional.empty();
        } catch (BadRowException e) {
            session.rollback();
            return Optional.of("refused again: " + e.getMessage());
        } catch (SQLException e) {
            if (SqlStates.blamesRow(e)) {
                session.rollback();
                return Optional.of("refused again: " + SqlStates.message(e));
            }
            throw e;
        }
    }

    private TableDescription destination() throws SQLException, DestinationException {
        EndpointSpec endpoint = pipeline.deliver().destination();
        return new TableDescriber(session)
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

    /** Waits for the batch that is under way, and keeps the next one waiting. */
    private void holdLane() throws SQLException {
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
    public void drop(DeadLetter letter) throws SQLException {
        Optional<DeadLetterTable> table = letters();
        if (table.isPresent()) {
            table.get().delete(Long.parseLong(letter.id()));
            session.commit();
        }
    }

    @Override
    public Failure classify(Exception failure) {
        return failure instanceof DestinationException
                ? Failure.PERMANENT
                : SqlStates.classify(failure);
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
