package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.planner.physical.Capture;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a changed column list does before it is done: rows that were sent are known by all that
 * they held, so that those which a poll shows again look changed.
 */
final class ColumnNews {

    private static final Logger LOG = LoggerFactory.getLogger(ColumnNews.class);

    private final String mapping;
    private final Capture capture;
    private final LaneStatus status;

    ColumnNews(String mapping, Capture capture, LaneStatus status) {
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
    void tell(List<String> before, PollOpener.Survey survey) {
        List<String> now = LayoutFinder.signature(survey.found());
        long remembered = status.rowsRemembered.get();
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
