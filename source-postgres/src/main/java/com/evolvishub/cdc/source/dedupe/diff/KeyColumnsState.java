package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;

/**
 * What the known rows' keys are made of, and whether they have to be sent again. A mapping that is
 * reset keeps its keys, so that rows that are gone from the source are deleted; keys of other
 * columns or types would name other rows, and are forgotten.
 */
final class KeyColumnsState {

    private final ListState<String> state;
    private String key = "";
    private boolean resending;

    private KeyColumnsState(ListState<String> state) {
        this.state = state;
    }

    /** Goes on from what a checkpoint holds: the key, and a word if a reset is under way. */
    static KeyColumnsState restored(ListState<String> state) throws Exception {
        KeyColumnsState record = new KeyColumnsState(state);
        int place = 0;
        for (String each : state.get()) {
            if (place++ == 0) {
                record.key = each;
            } else {
                record.resending = Boolean.parseBoolean(each);
            }
        }
        return record;
    }

    /** All rows are to be sent again. */
    void reset() {
        resending = true;
    }

    /** Whether every row that is shown is sent, known or not. */
    boolean isResending() {
        return resending;
    }

    /**
     * A read of this schema begins.
     *
     * @return whether the known rows are of another key, and a reset must forget them
     */
    boolean begin(RowSchema schema) {
        String now =
                schema.keyColumns().stream()
                        .map(KeyColumnsState::describe)
                        .collect(Collectors.joining(", "));
        boolean other = resending && !now.equals(key);
        key = now;
        return other;
    }

    private static String describe(Column column) {
        return column.name() + " " + column.target() + " " + column.type().name();
    }

    /** A read was complete: what it has shown is sent. */
    void completed() {
        resending = false;
    }

    void snapshot() throws Exception {
        state.update(List.of(key, Boolean.toString(resending)));
    }
}
