package com.evolvishub.cdc.planner.spec;

import java.time.Duration;
import java.util.Objects;

/**
 * A watermark block, with defaults. Texts that were not given are empty.
 *
 * @param column source column
 * @param type type family
 * @param initialValue where the first poll starts; empty: at the lowest watermark
 * @param timezone the zone of a {@code timestamp} without zone; empty: the role's zone
 * @param lookback {@code lookback_seconds}
 * @param lookbackValues {@code lookback_values}
 * @param maxPin {@code max_pin_seconds}; zero: no limit
 * @param nullWatermark what is done with rows whose watermark is NULL
 * @param settle {@code settle_seconds}; zero: not given
 * @param collation the order in which texts are compared
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

    /** Without {@code settle_seconds}, in the order of the column's collation. */
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
