package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * The mutable state of a split. Advancing by a row stores a reference; the position is only
 * computed when a checkpoint needs it. Used by one thread.
 */
public final class PostgresSplitState {

    private final String watermark;
    private PostgresSplit split;
    private ChangeRow last;
    private boolean lastIsNew;

    /**
     * @param watermark the watermark column; empty: rows have no order to resume in
     */
    public PostgresSplitState(String watermark, PostgresSplit restored) {
        this.watermark = watermark;
        this.split = restored;
    }

    /**
     * A row was emitted.
     *
     * @param isNew whether it lies above everything read before
     */
    public void advanceTo(ChangeRow row, boolean isNew) {
        last = row;
        lastIsNew = isNew;
    }

    /** A poll has started or ended. */
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
