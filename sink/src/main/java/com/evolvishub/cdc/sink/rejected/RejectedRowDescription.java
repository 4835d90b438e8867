package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Names a row that the destination refused, for the one who has to mend it. */
final class RejectedRowDescription {

    private static final int LONGEST_VALUE = 100;

    private RejectedRowDescription() {}

    /** Which row it is and what is wrong with it. */
    static String describe(ChangeRow row, Exception refusal) {
        return "row %d%s: %s".formatted(row.sequence(), key(row), refusal.getMessage());
    }

    private static String key(ChangeRow row) {
        if (!row.schema().isKeyed()) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < row.schema().key().size(); i++) {
            int position = row.operation() == Operation.DELETE ? i : row.schema().key().get(i);
            byte[] cell = CopyText.cell(row.line(), position);
            String name = row.schema().keyColumns().get(i).target();
            parts.add(name + " = " + shown(cell));
        }
        return " (" + String.join(", ", parts) + ")";
    }

    private static String shown(byte[] cell) {
        String text = new String(cell, StandardCharsets.UTF_8);
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
    }
}
