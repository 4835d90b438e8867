package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the effect of a changed column list before the poll starts. Sent rows are compared by their
 * whole content, so rows read again look changed.
 */
final class ColumnChangeReporter {

    private static final Logger LOG = LoggerFactory.getLogger(ColumnChangeReporter.class);

    private final String mapping;
    private final Capture capture;
    private final PipelineStatus status;

    ColumnChangeReporter(String mapping, Capture capture, PipelineStatus status) {
        this.mapping = mapping;
        this.capture = capture;
        this.status = status;
    }

    /**
     * Logs a warning if a poll starts with other columns than the last one.
     *
     * @param before the columns of the last poll; empty: there was no poll, or the user accepts any
     *     change
     * @param schema the columns of this poll
     */
    void report(List<String> before, PollOpener.SourceSchema schema) {
        List<String> now = RowLayoutResolver.signature(schema.found());
        long dedupeStateRows = status.dedupeStateRows.get();
        if (before.isEmpty() || before.equals(now) || dedupeStateRows == 0) {
            return;
        }
        LOG.warn(
                "{}: the columns of {} have changed: they were {}, they are {}. {} rows that were sent are known by all that they held; those that a poll shows again, and that read otherwise now, count as changed: {}",
                mapping,
                schema.found().label(),
                String.join(", ", before),
                String.join(", ", now),
                dedupeStateRows,
                consequence(schema.layout().schema().isKeyed()));
    }

    private String consequence(boolean keyed) {
        if (keyed) {
            return "they are sent again";
        }
        return capture instanceof Capture.ByDiff
                ? "without a key they are deleted and inserted anew"
                : "without a key they arrive a second time, as new rows";
    }
}
