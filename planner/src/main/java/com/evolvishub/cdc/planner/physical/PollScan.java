package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import java.util.List;
import java.util.Objects;

/**
 * Polls the source. The columns are resolved at the first connection; the plan says which of them
 * are excluded and how the others are renamed.
 *
 * @param source where to read
 * @param relation what to read
 * @param renames source column to destination column, in the file's order
 * @param excluded columns that must not leave the source; one that key or watermark need is
 *     selected all the same, and dropped by {@link DropColumns}
 * @param key source columns of the key, from the file; empty: the source's primary key, else the
 *     destination's, mapped back through {@code renames}, else none
 * @param capture how changes are found
 * @param schedule when to poll
 * @param pageRows rows per page ({@code batch_size})
 * @param retry how outages of the source are retried
 * @param schemaChange what happens when columns change
 * @param deleteWhen what marks a row as deleted
 * @param rowLimit the limit of a row's size
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

    /** The name of a source column at the destination. */
    public String target(String column) {
        return renames.stream()
                .filter(rename -> rename.from().equals(column))
                .map(ColumnRename::to)
                .findFirst()
                .orElse(column);
    }

    /**
     * Whether a column of the relation is in the SELECT list: all except excluded ones that neither
     * the file's key, the watermark nor {@code delete_when} needs.
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
