package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where, among the rows of a poll, those begin that were never read before. */
final class Crossing {

    /** With the first row. */
    static final Crossing AT_ONCE = new Crossing(false, null);

    /** With the first row that the database says lies above the position. */
    static final Crossing FLAGGED = new Crossing(true, null);

    private final boolean flagged;
    private final byte[] tie;

    private Crossing(boolean flagged, byte[] tie) {
        this.flagged = flagged;
        this.tie = tie;
    }

    /** Behind the tie that an interrupted read stood in: without a key all of it comes again. */
    static Crossing behind(String watermark) {
        return new Crossing(false, CopyText.escape(watermark));
    }

    /** Whether each row is preceded by a boolean column of the database's. */
    boolean isFlagged() {
        return flagged;
    }

    /**
     * Whether this row lies beyond.
     *
     * @param flag what its boolean column says
     */
    boolean isBeyond(ChangeRow row, byte flag) {
        if (flagged) {
            return flag == 't';
        }
        return tie == null || !Arrays.equals(row.watermark(), tie);
    }

    @Override
    public String toString() {
        return flagged
                ? "flagged"
                : tie == null ? "at once" : "behind " + new String(tie, StandardCharsets.UTF_8);
    }
}
