package com.evolvishub.cdc.planner.spec;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One mapping, with defaults and global settings applied.
 *
 * @param name unique in the file
 * @param path its path in the file, for messages: {@code mappings[1]}; empty for a file with a
 *     single mapping (older form)
 * @param description human-readable; may be empty
 * @param enabled whether it runs
 * @param source where rows come from; its table is empty if there is only a query
 * @param destinations where they are written; one or more
 * @param watermark its watermark block, if any
 * @param query SQL of {@code custom_query} or of the source's {@code query} or {@code select};
 *     empty: the table is read
 * @param columnMapping renames in the file's order
 * @param excludeColumns columns that must not leave the source
 * @param sync when to poll
 * @param key source columns that identify a row; empty: resolved by the planner
 * @param capture the requested mode, if the file names one
 * @param delivery the requested guarantee
 * @param lookback {@code lookback_seconds} of the mapping, for query mode
 * @param deleteWhen what marks a row as deleted
 * @param onBadRow what is done with a row that the destination rejects
 * @param refusalWait how long rows that a constraint rejects wait for later ones
 * @param schemaChange what happens when columns change
 * @param maxDeleteRatio fraction (0 to 1) of the known rows that one read may find missing
 * @param lossRules how rows that the destination has lost are handled
 * @param maxRowBytes maximum bytes of a row; 0: derived from the heap size
 * @param renamedFrom an earlier name of this mapping; empty: none
 */
public record MappingSpec(
        String name,
        String path,
        String description,
        boolean enabled,
        EndpointSpec source,
        List<EndpointSpec> destinations,
        Optional<WatermarkSpec> watermark,
        String query,
        List<ColumnRename> columnMapping,
        List<String> excludeColumns,
        SyncSpec sync,
        List<String> key,
        Optional<CaptureMode> capture,
        DeliveryMode delivery,
        Duration lookback,
        DeleteWhen deleteWhen,
        BadRowPolicy onBadRow,
        Duration refusalWait,
        SchemaChangePolicy schemaChange,
        double maxDeleteRatio,
        LossPolicy lossRules,
        long maxRowBytes,
        String renamedFrom) {

    public MappingSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(source, "source");
        destinations = List.copyOf(destinations);
        Objects.requireNonNull(watermark, "watermark");
        Objects.requireNonNull(query, "query");
        columnMapping = List.copyOf(columnMapping);
        excludeColumns = List.copyOf(excludeColumns);
        Objects.requireNonNull(sync, "sync");
        key = List.copyOf(key);
        Objects.requireNonNull(capture, "capture");
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(lookback, "lookback");
        Objects.requireNonNull(deleteWhen, "deleteWhen");
        Objects.requireNonNull(onBadRow, "onBadRow");
        Objects.requireNonNull(refusalWait, "refusalWait");
        Objects.requireNonNull(schemaChange, "schemaChange");
        Objects.requireNonNull(lossRules, "lossRules");
        Objects.requireNonNull(renamedFrom, "renamedFrom");
    }
}
