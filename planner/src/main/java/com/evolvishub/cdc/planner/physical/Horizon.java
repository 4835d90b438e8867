package com.evolvishub.cdc.planner.physical;

import java.util.Objects;

/**
 * Where watermarks begin that count as from the future: the database's time; for numbers, infinity.
 *
 * @param value the bound, quoted
 * @param included whether the bound itself counts as from the future
 * @param shown whether such rows are asked for: each row is preceded by a boolean column that tells
 *     whether it is one
 */
public record Horizon(String value, boolean included, boolean shown) {

    public Horizon {
        Objects.requireNonNull(value, "value");
    }

    /** The same, and such rows are not asked for. */
    public Horizon hidden() {
        return new Horizon(value, included, false);
    }

    /** Whether a column's value is from the future. */
    String beyond(String column) {
        return column + (included ? " >= " : " > ") + value;
    }

    /** Whether a column's value is not. */
    String within(String column) {
        return column + (included ? " < " : " <= ") + value;
    }
}
