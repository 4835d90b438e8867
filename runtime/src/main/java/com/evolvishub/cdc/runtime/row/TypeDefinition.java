package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * How to create a type that is not built in.
 *
 * @param name as {@code format_type} prints it with the search path empty
 * @param statement the statement that creates it, for example {@code CREATE TYPE app.mood AS ENUM
 *     ('sad')}
 */
public record TypeDefinition(String name, String statement) implements Serializable {
    public TypeDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(statement, "statement");
    }
}
