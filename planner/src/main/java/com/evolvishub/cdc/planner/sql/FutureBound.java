package com.evolvishub.cdc.planner.sql;

import java.util.Objects;

/**
 * Where watermarks begin that count as from the future: the database's time; for numbers, infinity.
 *
 * @param value the bound, quoted
 * @param included whether the bound itself counts as from the future
 * @param shown whether such rows are asked for: each row is preceded by a boolean column that tells
 *     whether it is one
 */
public record FutureBound(String value, boolean included, boolean flagged) {

    public FutureBound {
        Objects.requireNonNull(value, "value");
    }

    /** The same, and such rows are not asked for. */
    public FutureBound withoutFlag() {
        return new FutureBound(value, included, false);
    }

    /** Whether a column's value is from the future. */
    String futureCondition(String column) {
        return column + (included ? " >= " : " > ") + value;
    }

    /** Whether a column's value is not. */
    String pastCondition(String column) {
        return column + (included ? " < " : " <= ") + value;
    }
}
