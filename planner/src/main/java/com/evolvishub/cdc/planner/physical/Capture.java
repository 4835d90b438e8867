package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.ScanSql;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/** How a poll finds changes. */
public sealed interface Capture extends Serializable {

    /** Default of {@code settle_seconds}: how late rows of remote commits may become visible. */
    Duration DEFAULT_SETTLE_TIME = Duration.ofHours(1);

    /** Default of {@code lookback_seconds}. */
    Duration DEFAULT_LOOKBACK = Duration.ofSeconds(10);

    /** The mode's name in YAML and plans. */
    String mode();

    /**
     * Reads rows above a lower bound of one column, in the order of that column.
     *
     * @param column name of the watermark column at the source
     * @param type type family of the watermark
     * @param initialValue where the first poll starts; empty: at the lowest watermark
     * @param timezone the zone of a {@code timestamp} without zone; empty: the role's zone
     * @param lookback how far below the highest timestamp each poll reads again
     * @param lookbackValues the same for integers
     * @param maxPin how long an open transaction may pin the low watermark; zero: as long as it is
     *     open
     * @param nullWatermark what is done with rows whose watermark is NULL
     * @param settle how late rows of remote commits may become visible; zero: not given
     * @param collation the order in which texts are compared
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

        /** Without {@code settle_seconds}. */
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

        /** In the order of the column's collation. */
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
         * This capture, with the lookback that its relations require.
         *
         * @param commitsRemotely whether rows of any of them are committed on another server
         */
        public ByWatermark forRelations(boolean commitsRemotely) {
            Duration longest = settle.isZero() && commitsRemotely ? DEFAULT_SETTLE_TIME : settle;
            return longest.compareTo(lookback) <= 0 ? this : withLookback(longest);
        }

        /** This capture with another lookback. */
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

        /** The statements of this capture: the watermark is compared by {@link #collation}. */
        public ScanSql withCollation(ScanSql sql) {
            return collation == WatermarkCollation.C ? sql.withByteOrder() : sql;
        }

        @Override
        public String mode() {
            return "watermark";
        }
    }

    /**
     * Reads what the user's query returns for {@code last_sync}; rows that were sent before are
     * dropped.
     *
     * @param lookback how far {@code last_sync} is before the last poll
     * @param initialValue the first {@code last_sync}; empty: minus infinity
     */
    record ByQuery(Duration lookback, String initialValue) implements Capture {
        public ByQuery {
            Objects.requireNonNull(lookback, "lookback");
            Objects.requireNonNull(initialValue, "initialValue");
        }

        /**
         * See {@link ByWatermark#forRelations}; a {@code lookback_seconds} in the file takes
         * precedence.
         */
        public ByQuery forRelations(boolean commitsRemotely) {
            return commitsRemotely && lookback.equals(DEFAULT_LOOKBACK)
                    ? new ByQuery(DEFAULT_SETTLE_TIME, initialValue)
                    : this;
        }

        @Override
        public String mode() {
            return "query";
        }
    }

    /**
     * Reads everything and compares it with keyed state; the only mode that detects deletes.
     *
     * @param maxDeleteRatio the fraction (0 to 1) of the known rows that one read may find missing
     */
    record ByDiff(double maxDeleteRatio) implements Capture {
        @Override
        public String mode() {
            return "diff";
        }
    }
}
