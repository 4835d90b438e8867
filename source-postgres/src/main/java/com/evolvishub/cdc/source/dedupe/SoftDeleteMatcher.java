package com.evolvishub.cdc.source.dedupe;

import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Recognizes rows that are marked as deleted. */
public final class SoftDeleteMatcher {

    /** {@code pg_type.oid} of boolean. */
    private static final int BOOL = 16;

    private static final byte[] TRUE = {'t'};

    private final int column;
    private final byte[] value;

    private SoftDeleteMatcher(int column, byte[] value) {
        this.column = column;
        this.value = value;
    }

    /** The matcher for a schema; without the column no row matches. */
    public static SoftDeleteMatcher of(DeleteWhen when, RowSchema schema) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        int column = when.isEmpty() ? -1 : names.indexOf(when.column());
        if (column < 0) {
            return new SoftDeleteMatcher(-1, null);
        }
        boolean isBoolean = schema.columns().get(column).type().oid() == BOOL;
        byte[] value =
                when.value().isEmpty()
                        ? (isBoolean ? TRUE : null)
                        : CopyText.escape(textOf(when, isBoolean));
        return new SoftDeleteMatcher(column, value);
    }

    /** A boolean may be written as YAML or SQL allow; the server prints {@code t} and {@code f}. */
    private static String textOf(DeleteWhen when, boolean isBoolean) {
        if (!isBoolean) {
            return when.value();
        }
        return switch (when.value().toLowerCase(Locale.ROOT)) {
            case "t", "true", "y", "yes", "on", "1" -> "t";
            case "f", "false", "n", "no", "off", "0" -> "f";
            default -> when.value();
        };
    }

    public boolean matches(ChangeRow row) {
        if (column < 0) {
            return false;
        }
        byte[] cell = CopyText.cell(row.line(), column);
        return value == null ? !CopyText.isNull(cell) : Arrays.equals(cell, value);
    }

    /** Returns the row to send: a delete if the row is marked. */
    public ChangeRow asDelete(ChangeRow row) {
        if (!matches(row)) {
            return row;
        }
        byte[] key = CopyText.select(row.line(), row.schema().key());
        return ChangeRow.of(Operation.DELETE, row.schema(), key, row.watermark());
    }
}
