package com.evolvishub.cdc.source.watermark;

import java.util.List;

/**
 * A position in the order of a watermark scan, in the database's own text.
 *
 * @param values the watermark, then the key columns except the watermark; the watermark alone where
 *     rows have no key; empty: before the first row
 */
public record WatermarkPosition(List<String> values) {

    public static final WatermarkPosition START = new WatermarkPosition(List.of());

    public WatermarkPosition {
        values = List.copyOf(values);
    }

    public static WatermarkPosition at(String watermark) {
        return new WatermarkPosition(List.of(watermark));
    }

    public boolean isStart() {
        return values.isEmpty();
    }

    /** The position without the key: everything up to it was read, including ties. */
    public WatermarkPosition watermarkOnly() {
        return isStart() ? START : at(values.get(0));
    }
}
