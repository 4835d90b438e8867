package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.planner.spi.DestinationType;

/** Explains the delivery guarantee and how it is achieved. */
final class DeliveryGuaranteeNotes {

    private DeliveryGuaranteeNotes() {}

    static String of(Deliver deliver, PollScan scan, DestinationType type, MappingKey key) {
        return switch (deliver.mode()) {
            case AT_LEAST_ONCE ->
                    "at least once: rows are sent as soon as they are read, and those since the last"
                            + " checkpoint are sent again after a crash. "
                            + losses(deliver, type);
            case TRANSACTIONAL ->
                    "exactly once by the destination's own transactions: all rows of a checkpoint"
                            + " appear together. The price: every checkpoint of the file waits for this"
                            + " destination, so while it is away no mapping of the file gets one, and "
                            + type.transactionalCost();
            case EXACTLY_ONCE ->
                    "exactly once: "
                            + type.exactlyOnceExplanation()
                            + ". "
                            + sending(scan, type, key)
                            + ". "
                            + losses(deliver, type);
        };
    }

    private static String losses(Deliver deliver, DestinationType type) {
        if (!type.keepsProgress(deliver.mode())) {
            return "No progress record is kept so, and rows that the destination loses cannot be seen";
        }
        LossPolicy rules = deliver.lossRules();
        return (rules.resend().isZero()
                        ? "Rows that the destination loses stop the mapping"
                        : "Rows that the destination loses are sent again if they were delivered in"
                                + " the last "
                                + rules.resend().toSeconds()
                                + " s; older ones stop the mapping")
                + (rules.onReplacedTable() == ReplacedTablePolicy.GO_ON
                        ? "; a table that takes the place of the one before is gone on with"
                        : "");
    }

    private static String sending(PollScan scan, DestinationType type, MappingKey key) {
        String ahead =
                "Write-ahead: only rows that a completed checkpoint holds are sent, so that a replay"
                        + " is the same rows with the same numbers";
        boolean repeatable =
                type.supportsKeys()
                        && scan.capture() instanceof Capture.ByWatermark
                        && scan.deleteWhen().isEmpty();
        if (!repeatable || (key.known() && key.columns().isEmpty())) {
            return ahead;
        }
        String atOnce =
                "Sends at once: writing the newest version of a row by its key a second time changes"
                        + " nothing";
        return key.known()
                ? atOnce
                : "With a key: sends at once, since writing the newest version of a row a second"
                        + " time changes nothing. Without: write-ahead, only rows that a completed"
                        + " checkpoint holds are sent";
    }
}
