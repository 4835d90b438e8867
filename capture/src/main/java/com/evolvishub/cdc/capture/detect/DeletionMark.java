package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Tells rows that are marked as deleted from the others. */
final class DeletionMark {

    /** {@code pg_type.oid} of boolean. */
    private static final int BOOL = 16;

    private static final byte[] TRUE = {'t'};

    private final int column;
    private final byte[] value;

    private DeletionMark(int column, byte[] value) {
        this.column = column;
        this.value = value;
    }

    /** What marks rows of a schema; a column that is not there marks none. */
    static DeletionMark of(DeleteWhen when, RowSchema schema) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        int column = when.isEmpty() ? -1 : names.indexOf(when.column());
        if (column < 0) {
            return new DeletionMark(-1, null);
        }
        boolean bool = schema.columns().get(column).type().oid() == BOOL;
        byte[] value =
                when.value().isEmpty()
                        ? (bool ? TRUE : null)
                        : CopyText.escape(spelled(when, bool));
        return new DeletionMark(column, value);
    }

    /** A boolean may be written as YAML or SQL allow; the server prints {@code t} and {@code f}. */
    private static String spelled(DeleteWhen when, boolean bool) {
        if (!bool) {
            return when.value();
        }
        return switch (when.value().toLowerCase(Locale.ROOT)) {
            case "t", "true", "y", "yes", "on", "1" -> "t";
            case "f", "false", "n", "no", "off", "0" -> "f";
            default -> when.value();
        };
    }

    boolean isOn(ChangeRow row) {
        if (column < 0) {
            return false;
        }
        byte[] cell = CopyText.cell(row.line(), column);
        return value == null ? !CopyText.isNull(cell) : Arrays.equals(cell, value);
    }

    /** The row as it is to be sent: a marked one as its deletion. */
    ChangeRow applied(ChangeRow row) {
        if (!isOn(row)) {
            return row;
        }
        byte[] key = CopyText.select(row.line(), row.schema().key());
        return ChangeRow.of(Operation.DELETE, row.schema(), key, row.watermark());
    }
}
