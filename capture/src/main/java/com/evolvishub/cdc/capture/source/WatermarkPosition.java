package com.evolvishub.cdc.capture.source;

import java.util.List;

/**
 * A place in the order of a watermark scan, in the database's own text.
 *
 * @param values the watermark, then the key without it; the watermark alone where rows have no key;
 *     nothing at all: before the first row
 */
record WatermarkPosition(List<String> values) {

    static final WatermarkPosition START = new WatermarkPosition(List.of());

    WatermarkPosition {
        values = List.copyOf(values);
    }

    static WatermarkPosition at(String watermark) {
        return new WatermarkPosition(List.of(watermark));
    }

    boolean isStart() {
        return values.isEmpty();
    }

    /** Without the key: everything up to here was read, ties included. */
    WatermarkPosition watermarkOnly() {
        return isStart() ? START : at(values.get(0));
    }
}
