package com.evolvishub.cdc.planner.sql;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A user's SQL with named placeholders for the values that each poll binds. The parser finds no
 * placeholders in strings, quoted names, comments, dollar quotes and casts.
 *
 * @param parts text and placeholders, in order
 */
public record PollQuery(List<Part> parts) implements Serializable {

    /** A piece of SQL text or a placeholder. */
    public sealed interface Part extends Serializable {}

    /**
     * SQL that is sent unchanged.
     *
     * @param sql the text, with {@code %%} replaced by {@code %}
     */
    public record Text(String sql) implements Part {
        public Text {
            Objects.requireNonNull(sql, "sql");
        }
    }

    /** A placeholder for a value. */
    public enum Placeholder implements Part {
        /** {@code %(last_sync)s} or {@code :last_sync}. */
        LAST_SYNC,
        /** {@code :batch_size}. */
        BATCH_SIZE
    }

    public PollQuery {
        parts = List.copyOf(parts);
    }

    /** Whether the query contains {@link Placeholder#LAST_SYNC}. */
    public boolean usesLastSync() {
        return parts.contains(Placeholder.LAST_SYNC);
    }

    /** The SQL to send: every placeholder replaced by the literal for it. */
    public String render(Function<Placeholder, String> literal) {
        return parts.stream()
                .map(
                        part ->
                                part instanceof Text text
                                        ? text.sql()
                                        : literal.apply((Placeholder) part))
                .collect(Collectors.joining());
    }
}
