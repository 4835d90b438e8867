package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import java.util.ArrayList;
import java.util.List;

/**
 * A split on the move. Passing a row costs a reference; its position is only worked out when a
 * checkpoint asks for it. Used by one thread.
 */
final class WatermarkSplitState {

    private final String watermark;
    private WatermarkSplit split;
    private ChangeRow last;
    private boolean lastIsBeyond;

    /**
     * @param watermark the watermark's column; empty: rows are in no order to go on from
     */
    WatermarkSplitState(String watermark, WatermarkSplit restored) {
        this.watermark = watermark;
        this.split = restored;
    }

    /**
     * A row went out.
     *
     * @param beyond whether it lies above everything that was read before
     */
    void advanceTo(ChangeRow row, boolean beyond) {
        last = row;
        lastIsBeyond = beyond;
    }

    /** A poll began or ended. */
    void moveTo(WatermarkSplit moved) {
        split = moved;
        last = null;
    }

    WatermarkSplit toSplit() {
        if (last != null && !watermark.isEmpty()) {
            split = split.resumedAt(position(last), lastIsBeyond);
            last = null;
        }
        return split;
    }

    private WatermarkPosition position(ChangeRow row) {
        List<String> values = new ArrayList<>();
        values.add(CopyText.unescape(row.watermark()));
        for (int key : row.schema().key()) {
            if (!row.schema().columns().get(key).name().equals(watermark)) {
                values.add(CopyText.unescape(CopyText.cell(row.line(), key)));
            }
        }
        return new WatermarkPosition(values);
    }
}
