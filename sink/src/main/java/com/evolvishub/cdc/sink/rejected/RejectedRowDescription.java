package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Describes a rejected row for error messages and dead letters. */
final class RejectedRowDescription {

    private static final int MAX_VALUE_LENGTH = 100;

    private RejectedRowDescription() {}

    /** Names the row and the error. */
    static String describe(ChangeRow row, Exception rejection) {
        return "row %d%s: %s".formatted(row.sequence(), key(row), rejection.getMessage());
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
            parts.add(name + " = " + shorten(cell));
        }
        return " (" + String.join(", ", parts) + ")";
    }

    private static String shorten(byte[] cell) {
        String text = new String(cell, StandardCharsets.UTF_8);
        return text.length() <= MAX_VALUE_LENGTH ? text : text.substring(0, MAX_VALUE_LENGTH) + "…";
    }
}
