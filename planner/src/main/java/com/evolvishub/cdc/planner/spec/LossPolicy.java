package com.evolvishub.cdc.planner.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * What delivery does about rows that the destination has lost.
 *
 * @param resend how long acknowledged rows are kept, to be sent again to a destination that went
 *     back by no more
 * @param onReplacedTable what happens when rows were delivered to another table than the one that
 *     is there
 */
public record LossPolicy(Duration resend, ReplacedTablePolicy onReplacedTable)
        implements Serializable {

    /** A minute, and a mapping whose table was replaced stops. */
    public static final LossPolicy DEFAULT =
            new LossPolicy(Duration.ofSeconds(60), ReplacedTablePolicy.STOP);

    public LossPolicy {
        Objects.requireNonNull(resend, "resend");
        Objects.requireNonNull(onReplacedTable, "onReplacedTable");
    }
}
