package com.evolvishub.cdc.job.projection;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Drops columns of every row: excluded columns that the source had to select as key or watermark.
 * Dropping a key column leaves the rows without a key.
 */
public final class DropColumnsFunction implements MapFunction<PipelineElement, PipelineElement> {
    private static final long serialVersionUID = 1L;

    private final List<String> dropped;
    private transient RowSchema wide;
    private transient RowSchema narrow;
    private transient List<Integer> kept;

    /**
     * @param dropped names of the source columns to drop
     */
    public DropColumnsFunction(List<String> dropped) {
        this.dropped = new ArrayList<>(dropped);
    }

    @Override
    public PipelineElement map(PipelineElement element) {
        if (element instanceof PollStarted started) {
            adapt(started.schema());
            return new PollStarted(started.poll(), narrow);
        }
        if (element instanceof ChangeRow row) {
            adapt(row.schema());
            // a delete holds only its key, and the key is either complete or absent
            byte[] line =
                    row.operation() == Operation.DELETE
                            ? row.line()
                            : CopyText.select(row.line(), kept);
            return row.projected(narrow, line);
        }
        return element;
    }

    private void adapt(RowSchema schema) {
        if (!Objects.equals(schema, wide)) {
            wide = schema;
            kept = positions(schema, dropped);
            narrow = without(schema, dropped);
        }
    }

    /** A schema without the given columns; if a key column is dropped, the result has no key. */
    public static RowSchema without(RowSchema schema, List<String> dropped) {
        List<Integer> positions = positions(schema, dropped);
        List<Integer> key = schema.key().stream().map(positions::indexOf).toList();
        return new RowSchema(
                positions.stream().map(schema.columns()::get).toList(),
                key.contains(-1) ? List.of() : key);
    }

    private static List<Integer> positions(RowSchema schema, List<String> dropped) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < schema.columns().size(); i++) {
            if (!dropped.contains(schema.columns().get(i).name())) {
                positions.add(i);
            }
        }
        return positions;
    }
}
