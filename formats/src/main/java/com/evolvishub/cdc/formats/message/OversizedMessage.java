package com.evolvishub.cdc.formats.message;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;

/** Describes a message that is larger than its broker accepts. */
public final class OversizedMessage {

    private OversizedMessage() {}

    /**
     * Describes the problem and its remedy. Delivery adds which row it is.
     *
     * @param row the row that the message was encoded from
     * @param limit the largest message that the broker accepts, in bytes
     * @param setting the broker's name for that limit, for example {@code max.message.bytes}
     */
    public static String describe(
            ChangeRow row, EncodedMessage message, long limit, String setting) {
        return "its message of %d bytes is above the limit of %d (%s)%s; raise the limit, or leave columns out (exclude_columns)"
                .formatted(message.size(), limit, setting, largest(row));
    }

    /** Returns the largest column. */
    private static String largest(ChangeRow row) {
        RowSchema schema = row.schema();
        if (row.operation() == Operation.DELETE) {
            return "";
        }
        int column = 0;
        int most = -1;
        int cell = 0;
        int start = 0;
        byte[] line = row.line();
        for (int i = 0; i <= line.length && cell < schema.columns().size(); i++) {
            if (i == line.length || line[i] == '\t') {
                if (i - start > most) {
                    most = i - start;
                    column = cell;
                }
                cell++;
                start = i + 1;
            }
        }
        return ", %d of them in column \"%s\" of the source"
                .formatted(most, schema.columns().get(column).name());
    }
}
