package com.evolvishub.cdc.planner.spec;

import java.time.Duration;
import java.util.Objects;

/**
 * A watermark block, defaults filled in. Texts that were not given are empty.
 *
 * @param column source column
 * @param type its family
 * @param initialValue where the first poll starts; empty: at the beginning
 * @param timezone the zone a {@code timestamp} without zone is read in; empty: the role's own
 * @param lookback {@code lookback_seconds}
 * @param lookbackValues {@code lookback_values}
 * @param maxPin {@code max_pin_seconds}; zero: no limit
 * @param nullWatermark what becomes of rows without a watermark
 * @param settle {@code settle_seconds}; zero: not given
 * @param collation by which order texts are compared
 */
public record WatermarkSpec(
        String column,
        WatermarkType type,
        String initialValue,
        String timezone,
        Duration lookback,
        long lookbackValues,
        Duration maxPin,
        NullWatermarkPolicy nullWatermark,
        Duration settle,
        WatermarkCollation collation) {

    public WatermarkSpec {
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

    /** Without {@code settle_seconds}, in the column's own order. */
    public WatermarkSpec(
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
                Duration.ZERO,
                WatermarkCollation.COLUMN);
    }
}
