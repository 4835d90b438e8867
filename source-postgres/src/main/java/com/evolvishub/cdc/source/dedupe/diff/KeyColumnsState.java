package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;

/**
 * The key columns of the known rows, and whether all rows must be sent again. A reset keeps the
 * known keys, so that rows deleted at the source are deleted at the destination; keys of other
 * columns or types are discarded, because they would identify other rows.
 */
final class KeyColumnsState {

    private final ListState<String> state;
    private String key = "";
    private boolean resending;

    private KeyColumnsState(ListState<String> state) {
        this.state = state;
    }

    /** Restores a checkpoint: the key, and whether a reset is in progress. */
    static KeyColumnsState restored(ListState<String> state) throws Exception {
        KeyColumnsState keyColumns = new KeyColumnsState(state);
        int index = 0;
        for (String value : state.get()) {
            if (index++ == 0) {
                keyColumns.key = value;
            } else {
                keyColumns.resending = Boolean.parseBoolean(value);
            }
        }
        return keyColumns;
    }

    /** All rows must be sent again. */
    void reset() {
        resending = true;
    }

    /** Whether every row of a read is sent, known or not. */
    boolean isResending() {
        return resending;
    }

    /**
     * Starts a read of this schema.
     *
     * @return whether the known rows have another key and must be discarded by the reset
     */
    boolean begin(RowSchema schema) {
        String current =
                schema.keyColumns().stream()
                        .map(KeyColumnsState::describe)
                        .collect(Collectors.joining(", "));
        boolean changed = resending && !current.equals(key);
        key = current;
        return changed;
    }

    private static String describe(Column column) {
        return column.name() + " " + column.target() + " " + column.type().name();
    }

    /** A read is complete: all its rows were sent. */
    void completed() {
        resending = false;
    }

    void snapshot() throws Exception {
        state.update(List.of(key, Boolean.toString(resending)));
    }
}
