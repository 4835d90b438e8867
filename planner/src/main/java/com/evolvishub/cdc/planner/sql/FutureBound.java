package com.evolvishub.cdc.planner.sql;

import java.util.Objects;

/**
 * The bound at which watermarks count as future: the database's time; for numbers, infinity.
 *
 * @param value the bound, quoted
 * @param included whether the bound itself counts as future
 * @param flagged whether future rows are selected: each row is preceded by a boolean column that is
 *     true for a future row
 */
public record FutureBound(String value, boolean included, boolean flagged) {

    public FutureBound {
        Objects.requireNonNull(value, "value");
    }

    /** The same bound; future rows are not selected. */
    public FutureBound withoutFlag() {
        return new FutureBound(value, included, false);
    }

    /** True if a column's value is in the future. */
    String futureCondition(String column) {
        return column + (included ? " >= " : " > ") + value;
    }

    /** True if a column's value is not in the future. */
    String pastCondition(String column) {
        return column + (included ? " < " : " <= ") + value;
    }
}
