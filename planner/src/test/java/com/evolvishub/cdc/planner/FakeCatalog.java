package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog with facts that the test defines. */
public final class FakeCatalog implements Catalog {

    private final Map<String, RelationFacts> tables = new HashMap<>();
    private String lastQuery = "";
    private Optional<PollFacts> polls = Optional.empty();
    private PollFactsRequest lastPollFactsRequest;
    private Optional<DeleteConfirmation> deletes = Optional.empty();
    private String lastRead;

    /** Adds a table; the columns of its primary key have an asterisk. */
    public FakeCatalog with(String table, String... columns) {
        List<ColumnFacts> facts =
                Arrays.stream(columns)
                        .map(name -> new ColumnFacts(name.replace("*", ""), "text", true))
                        .toList();
        List<String> key =
                Arrays.stream(columns)
                        .filter(name -> name.endsWith("*"))
                        .map(name -> name.replace("*", ""))
                        .toList();
        tables.put(table, new RelationFacts("table", facts, key, 200_000));
        return this;
    }

    /** Sets the poll facts of every source. */
    public FakeCatalog withPollFacts(PollFacts facts) {
        polls = Optional.of(facts);
        return this;
    }

    /** Sets the delete confirmation of every source. */
    public FakeCatalog withDeleteConfirmation(DeleteConfirmation confirmation) {
        deletes = Optional.of(confirmation);
        return this;
    }

    /** The last request for poll facts. */
    public PollFactsRequest lastPollFactsRequest() {
        return lastPollFactsRequest;
    }

    /** The last statement that a delete confirmation was requested for. */
    public String lastRead() {
        return lastRead;
    }

    /** The last statement to describe. */
    public String lastQuery() {
        return lastQuery;
    }

    @Override
    public Optional<RelationFacts> table(EndpointSpec endpoint) {
        return Optional.ofNullable(tables.get(endpoint.table()));
    }

    @Override
    public Optional<RelationFacts> query(EndpointSpec endpoint, String sql) {
        lastQuery = sql;
        return Optional.ofNullable(tables.get("query"));
    }

    @Override
    public Optional<PollFacts> pollFacts(PollFactsRequest request) {
        lastPollFactsRequest = request;
        return polls;
    }

    @Override
    public Optional<DeleteConfirmation> deleteConfirmation(
            EndpointSpec endpoint, Optional<String> query, String select) {
        lastRead = select;
        return deletes;
    }
}
