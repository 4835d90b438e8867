package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A source or a destination of a mapping, with defaults.
 *
 * @param type the type's name in YAML, for example {@code postgresql}
 * @param connection how to reach it
 * @param schema PostgreSQL schema; empty: by the server's search path
 * @param table table, view, topic or stream, without its schema; empty for a source that has only a
 *     query
 * @param options the keys specific to this type, in the file's order
 */
public record EndpointSpec(
        String type,
        ConnectionSpec connection,
        String schema,
        String table,
        List<EndpointOption> options)
        implements Serializable {

    public EndpointSpec {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(table, "table");
        options = List.copyOf(options);
    }

    /** The value of an option of this type, if given. */
    public Optional<Secret> option(String name) {
        return options.stream()
                .filter(option -> option.name().equals(name))
                .map(EndpointOption::value)
                .findFirst();
    }
}
