package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/** How a poll finds what is new. */
public sealed interface Capture extends Serializable {

    /** The mode's name in YAML and plans. */
    String mode();

    /**
     * Rows above a lower bound of one column, in its order.
     *
     * @param column the watermark column, by its name at the source
     * @param type its family
     * @param initialValue where the first poll starts; empty: at the beginning
     * @param timezone the zone a {@code timestamp} without zone is read in; empty: the role's own
     * @param lookback how far behind the highest value read each poll looks again (timestamps)
     * @param lookbackValues the same for integers
     * @param maxPin how long an open transaction may pin the re-read floor; zero: as long as it is
     *     open
     * @param nullWatermark what becomes of rows without a watermark
     */
    record ByWatermark(
            String column,
            WatermarkType type,
            String initialValue,
            String timezone,
            Duration lookback,
            long lookbackValues,
            Duration maxPin,
            NullWatermark nullWatermark)
            implements Capture {
        public ByWatermark {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(initialValue, "initialValue");
            Objects.requireNonNull(timezone, "timezone");
            Objects.requireNonNull(lookback, "lookback");
            Objects.requireNonNull(maxPin, "maxPin");
            Objects.requireNonNull(nullWatermark, "nullWatermark");
        }

        @Override
        public String mode() {
            return "watermark";
        }
    }

    /**
     * What the user's query returns for {@code last_sync}, less what was sent before.
     *
     * @param lookback how far behind the last poll {@code last_sync} lies
     * @param initialValue the first {@code last_sync}; empty: minus infinity
     */
    record ByQuery(Duration lookback, String initialValue) implements Capture {
        public ByQuery {
            Objects.requireNonNull(lookback, "lookback");
            Objects.requireNonNull(initialValue, "initialValue");
        }

        @Override
        public String mode() {
            return "query";
        }
    }

    /**
     * Everything, compared with keyed state; the only mode that tells deletes.
     *
     * @param maxDeleteRatio the part of the known rows (0 to 1) that one read may find missing
     */
    record ByDiff(double maxDeleteRatio) implements Capture {
        @Override
        public String mode() {
            return "diff";
        }
    }
}
