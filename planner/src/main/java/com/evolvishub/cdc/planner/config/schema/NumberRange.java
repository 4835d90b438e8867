package com.evolvishub.cdc.planner.config.schema;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The numbers a key takes.
 *
 * @param least the least one
 * @param above whether it must be more than {@code least}
 * @param most the greatest one, if there is one worth telling
 */
public record NumberRange(BigDecimal least, boolean above, Optional<BigDecimal> most) {

    /** Seconds in ten years: more is a slip, and would not fit a clock's arithmetic. */
    private static final BigDecimal LONGEST = BigDecimal.valueOf(315_360_000);

    static NumberRange atLeast(long least) {
        return new NumberRange(BigDecimal.valueOf(least), false, Optional.empty());
    }

    static NumberRange between(long least, long most) {
        return new NumberRange(
                BigDecimal.valueOf(least), false, Optional.of(BigDecimal.valueOf(most)));
    }

    static NumberRange above(long least) {
        return new NumberRange(BigDecimal.valueOf(least), true, Optional.empty());
    }

    public boolean contains(BigDecimal number, boolean whole) {
        int order = number.compareTo(least);
        BigDecimal limit = whole ? BigDecimal.valueOf(Integer.MAX_VALUE) : LONGEST;
        return (above ? order > 0 : order >= 0) && number.compareTo(most.orElse(limit)) <= 0;
    }

    @Override
    public String toString() {
        if (most.isPresent()) {
            return "from %s to %s".formatted(least, most.get());
        }
        return above ? "more than " + least : least + " or more";
    }
}
