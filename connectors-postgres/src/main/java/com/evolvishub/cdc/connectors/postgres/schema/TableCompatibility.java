package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Describes how rows of a schema are written to a table.
 *
 * @param schema the schema of the rows
 * @param problems reasons why rows cannot be written, each with its remedy; empty: none
 * @param additions columns that are to be added to the table
 * @param omitted targets of the columns that are not written
 * @param notes facts that are not problems but may be unexpected
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

    /** Returns the columns that are written, by the destination's names. */
    public List<String> columns() {
        return schema.columns().stream()
                .map(Column::target)
                .filter(target -> !omitted.contains(target))
                .toList();
    }

    /** Returns the selection of the cells that are written. */
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

    /** Selects cells of a line. */
    public interface Cells {
        byte[] of(byte[] line);
    }
}
