package com.evolvishub.cdc.planner.config.schema;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The numbers that a key allows.
 *
 * @param least the minimum
 * @param above whether the minimum is exclusive
 * @param most the maximum, if messages name one
 */
public record NumberRange(BigDecimal least, boolean above, Optional<BigDecimal> most) {

    /** Seconds in ten years: more is a typing error and could overflow time arithmetic. */
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

    public boolean contains(BigDecimal number, boolean integer) {
        int order = number.compareTo(least);
        BigDecimal limit = integer ? BigDecimal.valueOf(Integer.MAX_VALUE) : LONGEST;
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
