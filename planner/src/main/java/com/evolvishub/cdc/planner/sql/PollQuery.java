package com.evolvishub.cdc.planner.sql;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * SQL of the user's, with named places for the values that each poll binds. Made by a parser that
 * leaves strings, quoted names, comments, dollar quotes and casts alone.
 *
 * @param parts text and places, in their order
 */
public record PollQuery(List<Part> parts) implements Serializable {

    /** A stretch of SQL or a place in it. */
    public sealed interface Part extends Serializable {}

    /**
     * SQL that is sent as it stands.
     *
     * @param sql the text, {@code %%} already turned into {@code %}
     */
    public record Text(String sql) implements Part {
        public Text {
            Objects.requireNonNull(sql, "sql");
        }
    }

    /** A place for a value. */
    public enum Placeholder implements Part {
        /** {@code %(last_sync)s} or {@code :last_sync}. */
        LAST_SYNC,
        /** {@code :batch_size}. */
        BATCH_SIZE
    }

    public PollQuery {
        parts = List.copyOf(parts);
    }

    /** Whether the user's predicate asks for the position of the last poll. */
    public boolean usesLastSync() {
        return parts.contains(Placeholder.LAST_SYNC);
    }

    /** The SQL to send: every place filled with what {@code literal} answers for it. */
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
