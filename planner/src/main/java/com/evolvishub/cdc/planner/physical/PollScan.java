package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import java.util.List;
import java.util.Objects;

/**
 * Polls the source. Which columns there are is found when the source is first reached; the plan
 * says which of them never to ask for and how the rest are called behind it.
 *
 * @param source where to read
 * @param relation what to read
 * @param renames source column to destination column, in the file's order
 * @param excluded columns that are not to leave the source; one that key or watermark need is still
 *     selected, and dropped by {@link DropColumns}
 * @param key the key's source columns as the file gives them; empty: source's primary key, else the
 *     destination's, mapped back through {@code renames}, else none
 * @param capture how new rows are found
 * @param schedule when to poll
 * @param pageRows rows in a page ({@code batch_size})
 * @param retry how outages of the source are met
 * @param schemaChange what happens when columns change
 * @param deleteWhen what marks a row as deleted
 * @param rowLimit how large a row may be
 */
public record PollScan(
        EndpointSpec source,
        Relation relation,
        List<ColumnRename> renames,
        List<String> excluded,
        List<String> key,
        Capture capture,
        Schedule schedule,
        int pageRows,
        RetryPolicy retry,
        SchemaChangePolicy schemaChange,
        DeleteWhen deleteWhen,
        RowSizeLimit rowLimit)
        implements PhysicalNode {

    public PollScan {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(relation, "relation");
        renames = List.copyOf(renames);
        excluded = List.copyOf(excluded);
        key = List.copyOf(key);
        Objects.requireNonNull(capture, "capture");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(schemaChange, "schemaChange");
        Objects.requireNonNull(deleteWhen, "deleteWhen");
        Objects.requireNonNull(rowLimit, "rowLimit");
    }

    /** The destination's name of a source column. */
    public String target(String column) {
        return renames.stream()
                .filter(rename -> rename.from().equals(column))
                .map(ColumnRename::to)
                .findFirst()
                .orElse(column);
    }

    /**
     * Whether a column of the relation is in the SELECT list: all are, but for the excluded ones
     * that neither the key of the file, the watermark nor the mark of a deleted row needs.
     */
    public boolean selects(String column) {
        return !excluded.contains(column) || needs(column);
    }

    private boolean needs(String column) {
        boolean watermark = capture instanceof Capture.ByWatermark by && by.column().equals(column);
        return watermark || key.contains(column) || deleteWhen.column().equals(column);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.pollScan(this);
    }
}
