package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog that knows what a test tells it. */
public final class FakeCatalog implements Catalog {

    private final Map<String, RelationFacts> tables = new HashMap<>();
    private String lastQuery = "";
    private Optional<PollFacts> polls = Optional.empty();
    private PollFactsRequest lastPolls;
    private Optional<DeleteConfirmation> deletes = Optional.empty();
    private String lastRead;

    /** Tells of a table; the columns of its primary key have an asterisk. */
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

    /** Tells what polls meet, whatever they read. */
    public FakeCatalog meeting(PollFacts facts) {
        polls = Optional.of(facts);
        return this;
    }

    /** Tells what deletes rest on, whatever is read. */
    public FakeCatalog proving(DeleteConfirmation coverage) {
        deletes = Optional.of(coverage);
        return this;
    }

    /** The last question about polls. */
    public PollFactsRequest lastPolls() {
        return lastPolls;
    }

    /** The last read whose deletes were asked about. */
    public String lastRead() {
        return lastRead;
    }

    /** The last statement that was to be described. */
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
    public Optional<PollFacts> pollFacts(PollFactsRequest question) {
        lastPolls = question;
        return polls;
    }

    @Override
    public Optional<DeleteConfirmation> deleteConfirmation(
            EndpointSpec endpoint, Optional<String> query, String select) {
        lastRead = select;
        return deletes;
    }
}
