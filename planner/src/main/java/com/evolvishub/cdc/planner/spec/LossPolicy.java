package com.evolvishub.cdc.planner.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How delivery handles rows that the destination has lost.
 *
 * @param resend how long acknowledged rows are kept, to be resent to a destination that went back
 *     no further
 * @param onReplacedTable what happens if the destination table was replaced since rows were
 *     delivered
 */
public record LossPolicy(Duration resend, ReplacedTablePolicy onReplacedTable)
        implements Serializable {

    /** Keeps rows for one minute; a mapping whose table was replaced stops. */
    public static final LossPolicy DEFAULT =
            new LossPolicy(Duration.ofSeconds(60), ReplacedTablePolicy.STOP);

    public LossPolicy {
        Objects.requireNonNull(resend, "resend");
        Objects.requireNonNull(onReplacedTable, "onReplacedTable");
    }
}
