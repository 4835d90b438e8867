package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.source.catalog.QueryDescriber;
import com.evolvishub.cdc.source.catalog.RelationDescriber;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Reads facts from live databases, with one connection per question. An error that depends on the
 * database (a missing table, a wrong password, no connection) is a {@link SourceException}.
 */
public final class PostgresCatalog implements Catalog {

    private final String purpose;

    /**
     * @param purpose shown in the server's activity view
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
                                        new RelationDescriber(session)
                                                .describe(tableOf(endpoint)))));
    }

    @Override
    public Optional<RelationFacts> destination(EndpointSpec endpoint) {
        return ask(
                endpoint,
                session -> {
                    Optional<RelationDescription> found =
                            new RelationDescriber(session).find(tableOf(endpoint));
                    return found.isEmpty()
                            ? Optional.empty()
                            : Optional.of(facts(session, endpoint, found.get()));
                });
    }

    private static Relation.Table tableOf(EndpointSpec endpoint) {
        return new Relation.Table(endpoint.schema(), endpoint.table());
    }

    private static RelationFacts facts(
            SourceSession session, EndpointSpec endpoint, RelationDescription found)
            throws SQLException {
        String name = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
        return facts(found, new RelationDescriber(session).estimatedRows("SELECT * FROM " + name));
    }

    @Override
    public Optional<RelationFacts> query(EndpointSpec endpoint, String sql) {
        return Optional.of(
                ask(
                        endpoint,
                        session ->
                                facts(
                                        new QueryDescriber(session).describe(sql),
                                        new RelationDescriber(session).estimatedRows(sql))));
    }

    @Override
    public Optional<PollFacts> pollFacts(PollFactsRequest question) {
        return Optional.of(
                ask(question.endpoint(), session -> new PollFactsReader(session).ask(question)));
    }

    @Override
    public List<String> volatileFunctions(EndpointSpec endpoint, String select) {
        return ask(endpoint, session -> new VolatileFunctions(session).findIn(select));
    }

    @Override
    public Optional<DeleteConfirmation> deleteConfirmation(
            EndpointSpec endpoint, Optional<String> query, String select) {
        Relation relation =
                query.isPresent()
                        ? new Relation.Query(
                                new PollQuery(List.of(new PollQuery.Text(query.get()))))
                        : new Relation.Table(endpoint.schema(), endpoint.table());
        return Optional.of(
                ask(
                        endpoint,
                        session -> new DeleteConfirmationReader(session).ask(relation, select)));
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
            session.useOneTimeLockTimeout();
            return question.ask(session);
        } catch (SQLException failure) {
            throw SourceErrorClassifier.toException(failure);
        }
    }

    private interface Question<T> {
        T ask(SourceSession session) throws SQLException;
    }
}
