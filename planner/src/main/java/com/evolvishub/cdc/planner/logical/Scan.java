package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a relation at its source, with the filter and projection that rules pushed down.
 *
 * @param source where to read
 * @param query the user's SQL; empty: the source's table is read
 * @param needed source columns that capture needs even if the file excludes them: key, watermark
 *     and the column of {@code delete_when}
 * @param predicate which rows are read; empty: all
 * @param projection how the source projects the columns
 */
public record Scan(
        EndpointSpec source,
        String query,
        List<String> needed,
        Optional<ChangePredicate> predicate,
        Projection projection)
        implements LogicalNode {

    public Scan {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(query, "query");
        needed = List.copyOf(needed);
        Objects.requireNonNull(predicate, "since");
        Objects.requireNonNull(projection, "projection");
    }

    /** A scan of all rows and columns. */
    public static Scan of(EndpointSpec source, String query, List<String> needed) {
        return new Scan(source, query, needed, Optional.empty(), Projection.IDENTITY);
    }

    /** This scan with a predicate. */
    public Scan with(ChangePredicate rows) {
        return new Scan(source, query, needed, Optional.of(rows), projection);
    }

    /** This scan with {@code next} applied after its projection. */
    public Scan with(Projection next) {
        return new Scan(source, query, needed, predicate, projection.then(next));
    }

    /** Human-readable: the table's name, or that it is a query. */
    public String relation() {
        if (!query.isEmpty()) {
            return "query";
        }
        return source.schema().isEmpty() ? source.table() : source.schema() + "." + source.table();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.scan(this);
    }

    @Override
    public NodeOutput output() {
        String server = source.connection().host() + ":" + source.connection().port();
        String read = query.isEmpty() ? relation() : query;
        return new NodeOutput(
                server + "/" + source.connection().database() + " " + read, predicate, projection);
    }

    @Override
    public ExplainNode describe() {
        List<String> parts = new ArrayList<>();
        parts.add(source.type() + " " + source.connection().database() + " " + relation());
        predicate.ifPresent(rows -> parts.add(rows.describe()));
        if (!projection.isIdentity()) {
            parts.add(projection.describe());
        }
        return ExplainNode.of("Scan", String.join("; ", parts));
    }
}
