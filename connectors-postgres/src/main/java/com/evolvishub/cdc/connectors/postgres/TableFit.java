package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.RowSchema;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How rows of a schema go into a table.
 *
 * @param schema the rows'
 * @param problems what keeps them out, each with what would do; empty: nothing
 * @param additions columns that the table lacks and that are to be added to it
 * @param leftOut targets of the columns that are not written
 * @param notes what is not a problem, but not what one would think either
 */
record TableFit(
        RowSchema schema,
        List<String> problems,
        List<Column> additions,
        List<String> leftOut,
        List<String> notes) {

    TableFit {
        problems = List.copyOf(problems);
        additions = List.copyOf(additions);
        leftOut = List.copyOf(leftOut);
        notes = List.copyOf(notes);
    }

    /** The columns that are written, by the destination's names. */
    List<String> columns() {
        return schema.columns().stream()
                .map(Column::target)
                .filter(target -> !leftOut.contains(target))
                .toList();
    }

    /** Turns a row's line into one of the columns that are written. */
    Cells cells() {
        if (leftOut.isEmpty()) {
            return line -> line;
        }
        List<Integer> kept =
                IntStream.range(0, schema.columns().size())
                        .filter(i -> !leftOut.contains(schema.columns().get(i).target()))
                        .boxed()
                        .toList();
        return line -> CopyText.select(line, kept);
    }

    /** Chooses cells of a line. */
    interface Cells {
        byte[] of(byte[] line);
    }
}
