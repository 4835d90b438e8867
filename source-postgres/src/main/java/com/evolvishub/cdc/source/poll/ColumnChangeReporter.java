package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a changed column list does before it is done: rows that were sent are known by all that
 * they held, so that those which a poll shows again look changed.
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
     * A poll under other columns begins.
     *
     * @param before the columns of the last poll; empty: there was none, or the user has accepted
     *     any
     * @param survey the ones of this poll
     */
    void report(List<String> before, PollOpener.SourceSchema survey) {
        List<String> now = RowLayoutResolver.signature(survey.found());
        long remembered = status.dedupeStateRows.get();
        if (before.isEmpty() || before.equals(now) || remembered == 0) {
            return;
        }
        LOG.warn(
                "{}: the columns of {} have changed: they were {}, they are {}. {} rows that were sent are known by all that they held; those that a poll shows again, and that read otherwise now, count as changed: {}",
                mapping,
                survey.found().label(),
                String.join(", ", before),
                String.join(", ", now),
                remembered,
                consequence(survey.layout().schema().isKeyed()));
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
