package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.RowSchema;
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
public record TableCompatibility(
        RowSchema schema,
        List<String> problems,
        List<Column> additions,
        List<String> omitted,
        List<String> notes) {

    public TableCompatibility {
        problems = List.copyOf(problems);
        additions = List.copyOf(additions);
        omitted = List.copyOf(omitted);
        notes = List.copyOf(notes);
    }

    /** The columns that are written, by the destination's names. */
    public List<String> columns() {
        return schema.columns().stream()
                .map(Column::target)
                .filter(target -> !omitted.contains(target))
                .toList();
    }

    /** Turns a row's line into one of the columns that are written. */
    public Cells cells() {
        if (omitted.isEmpty()) {
            return line -> line;
        }
        List<Integer> kept =
                IntStream.range(0, schema.columns().size())
                        .filter(i -> !omitted.contains(schema.columns().get(i).target()))
                        .boxed()
                        .toList();
        return line -> CopyText.select(line, kept);
    }

    /** Chooses cells of a line. */
    public interface Cells {
        byte[] of(byte[] line);
    }
}
