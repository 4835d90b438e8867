package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * A split on the move. Passing a row costs a reference; its position is only worked out when a
 * checkpoint asks for it. Used by one thread.
 */
public final class PostgresSplitState {

    private final String watermark;
    private PostgresSplit split;
    private ChangeRow last;
    private boolean lastIsNew;

    /**
     * @param watermark the watermark's column; empty: rows are in no order to go on from
     */
    public PostgresSplitState(String watermark, PostgresSplit restored) {
        this.watermark = watermark;
        this.split = restored;
    }

    /**
     * A row went out.
     *
     * @param beyond whether it lies above everything that was read before
     */
    public void advanceTo(ChangeRow row, boolean beyond) {
        last = row;
        lastIsNew = beyond;
    }

    /** A poll began or ended. */
    public void moveTo(PostgresSplit moved) {
        split = moved;
        last = null;
    }

    public PostgresSplit toSplit() {
        if (last != null && !watermark.isEmpty()) {
            split = split.resumedAt(position(last), lastIsNew);
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
