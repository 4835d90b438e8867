package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.ScanSql;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/** How a poll finds what is new. */
public sealed interface Capture extends Serializable {

    /** How late rows may become visible where commits are made elsewhere, unless the file says. */
    Duration DEFAULT_SETTLE_TIME = Duration.ofHours(1);

    /** {@code lookback_seconds} where the file does not give it. */
    Duration DEFAULT_LOOKBACK = Duration.ofSeconds(10);

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
     * @param settle how late rows may become visible where commits are made elsewhere; zero: not
     *     given
     * @param collation by which order texts are compared
     */
    record ByWatermark(
            String column,
            WatermarkType type,
            String initialValue,
            String timezone,
            Duration lookback,
            long lookbackValues,
            Duration maxPin,
            NullWatermarkPolicy nullWatermark,
            Duration settle,
            WatermarkCollation collation)
            implements Capture {

        /** Over relations whose commits nobody said to be made elsewhere. */
        public ByWatermark(
                String column,
                WatermarkType type,
                String initialValue,
                String timezone,
                Duration lookback,
                long lookbackValues,
                Duration maxPin,
                NullWatermarkPolicy nullWatermark) {
            this(
                    column,
                    type,
                    initialValue,
                    timezone,
                    lookback,
                    lookbackValues,
                    maxPin,
                    nullWatermark,
                    Duration.ZERO);
        }

        /** In the column's own order. */
        public ByWatermark(
                String column,
                WatermarkType type,
                String initialValue,
                String timezone,
                Duration lookback,
                long lookbackValues,
                Duration maxPin,
                NullWatermarkPolicy nullWatermark,
                Duration settle) {
            this(
                    column,
                    type,
                    initialValue,
                    timezone,
                    lookback,
                    lookbackValues,
                    maxPin,
                    nullWatermark,
                    settle,
                    WatermarkCollation.COLUMN);
        }

        public ByWatermark {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(initialValue, "initialValue");
            Objects.requireNonNull(timezone, "timezone");
            Objects.requireNonNull(lookback, "lookback");
            Objects.requireNonNull(maxPin, "maxPin");
            Objects.requireNonNull(nullWatermark, "nullWatermark");
            Objects.requireNonNull(settle, "settle");
            Objects.requireNonNull(collation, "collation");
        }

        /**
         * The same, looking back as far as its relations ask for.
         *
         * @param elsewhere whether the commits of any of them are made elsewhere
         */
        public ByWatermark forRelations(boolean elsewhere) {
            Duration longest = settle.isZero() && elsewhere ? DEFAULT_SETTLE_TIME : settle;
            return longest.compareTo(lookback) <= 0 ? this : withLookback(longest);
        }

        /** The same, looking back so far. */
        public ByWatermark withLookback(Duration distance) {
            return new ByWatermark(
                    column,
                    type,
                    initialValue,
                    timezone,
                    distance,
                    lookbackValues,
                    maxPin,
                    nullWatermark,
                    settle,
                    collation);
        }

        /** The texts of this capture: its watermark is compared by {@link #collation}. */
        public ScanSql withCollation(ScanSql sql) {
            return collation == WatermarkCollation.C ? sql.withByteOrder() : sql;
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

        /**
         * See {@link ByWatermark#forRelations}; a {@code lookback_seconds} that the file gives
         * stands.
         */
        public ByQuery forRelations(boolean elsewhere) {
            return elsewhere && lookback.equals(DEFAULT_LOOKBACK)
                    ? new ByQuery(DEFAULT_SETTLE_TIME, initialValue)
                    : this;
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
