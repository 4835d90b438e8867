package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.logical.Catalog;
import com.evolvishub.cdc.planner.logical.DeleteCoverage;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog that knows what a test tells it. */
public final class KnownTables implements Catalog {

    private final Map<String, RelationFacts> tables = new HashMap<>();
    private String lastQuery = "";
    private Optional<PollFacts> polls = Optional.empty();
    private PollQuestion lastPolls;
    private Optional<DeleteCoverage> deletes = Optional.empty();
    private String lastRead;

    /** Tells of a table; the columns of its primary key have an asterisk. */
    public KnownTables with(String table, String... columns) {
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
    public KnownTables meeting(PollFacts facts) {
        polls = Optional.of(facts);
        return this;
    }

    /** Tells what deletes rest on, whatever is read. */
    public KnownTables proving(DeleteCoverage coverage) {
        deletes = Optional.of(coverage);
        return this;
    }

    /** The last question about polls. */
    public PollQuestion lastPolls() {
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
    public Optional<PollFacts> polls(PollQuestion question) {
        lastPolls = question;
        return polls;
    }

    @Override
    public Optional<DeleteCoverage> deletes(
            EndpointSpec endpoint, Optional<String> query, String select) {
        lastRead = select;
        return deletes;
    }
}
