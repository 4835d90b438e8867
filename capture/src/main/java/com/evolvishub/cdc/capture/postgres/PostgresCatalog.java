package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.planner.logical.Catalog;
import com.evolvishub.cdc.planner.logical.DeleteCoverage;
import com.evolvishub.cdc.planner.physical.PollQuery;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Facts asked of live databases, over a connection a question. What a database answers but the file
 * did not expect (a missing table, a wrong password, no connection) is a {@link SourceException}.
 */
public final class PostgresCatalog implements Catalog {

    private final String purpose;

    /**
     * @param purpose what it is asked for, as the server's activity view shows it
     */
    public PostgresCatalog(String purpose) {
        this.purpose = purpose;
    }

    @Override
    public Optional<RelationFacts> table(EndpointSpec endpoint) {
        return Optional.of(
                ask(
                        endpoint,
                        session ->
                                facts(
                                        session,
                                        endpoint,
                                        new RelationReader(session).describe(named(endpoint)))));
    }

    @Override
    public Optional<RelationFacts> destination(EndpointSpec endpoint) {
        return ask(
                endpoint,
                session -> {
                    Optional<RelationDescription> found =
                            new RelationReader(session).find(named(endpoint));
                    return found.isEmpty()
                            ? Optional.empty()
                            : Optional.of(facts(session, endpoint, found.get()));
                });
    }

    private static Relation.Table named(EndpointSpec endpoint) {
        return new Relation.Table(endpoint.schema(), endpoint.table());
    }

    private static RelationFacts facts(
            SourceSession session, EndpointSpec endpoint, RelationDescription found)
            throws SQLException {
        String name = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
        return facts(found, new RelationReader(session).estimatedRows("SELECT * FROM " + name));
    }

    @Override
    public Optional<RelationFacts> query(EndpointSpec endpoint, String sql) {
        return Optional.of(
                ask(
                        endpoint,
                        session ->
                                facts(
                                        new QueryReader(session).describe(sql),
                                        new RelationReader(session).estimatedRows(sql))));
    }

    @Override
    public Optional<PollFacts> polls(PollQuestion question) {
        return Optional.of(
                ask(question.endpoint(), session -> new PollFactsReader(session).ask(question)));
    }

    @Override
    public List<String> restlessFunctions(EndpointSpec endpoint, String select) {
        return ask(endpoint, session -> new RestlessFunctions(session).in(select));
    }

    @Override
    public Optional<DeleteCoverage> deletes(
            EndpointSpec endpoint, Optional<String> query, String select) {
        Relation relation =
                query.isPresent()
                        ? new Relation.Query(
                                new PollQuery(List.of(new PollQuery.Text(query.get()))))
                        : new Relation.Table(endpoint.schema(), endpoint.table());
        return Optional.of(
                ask(endpoint, session -> new DeleteCoverageReader(session).ask(relation, select)));
    }

    private static RelationFacts facts(RelationDescription found, long estimatedRows) {
        return new RelationFacts(
                found.kind(),
                found.columns().stream().map(PostgresCatalog::facts).toList(),
                found.primaryKey(),
                estimatedRows);
    }

    private static ColumnFacts facts(Column column) {
        return new ColumnFacts(column.name(), column.type().name(), column.nullable());
    }

    private <T> T ask(EndpointSpec endpoint, Question<T> question) {
        try (SourceSession session = SourceSession.open(endpoint.connection(), purpose)) {
            session.asksQuestions();
            return question.ask(session);
        } catch (SQLException failure) {
            throw SourceFailure.of(failure);
        }
    }

    private interface Question<T> {
        T ask(SourceSession session) throws SQLException;
    }
}
