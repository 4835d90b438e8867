package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.RefreshMark;
import com.evolvishub.cdc.capture.postgres.SourceRelations;
import com.evolvishub.cdc.capture.postgres.SourceRelations.Found;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.planner.logical.ReadRelation.Kind;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What kinds of relation a mapping reads, and whether materialized views among them were refreshed
 * since the last complete poll. Not part of a mapping's state: after a restart all of a
 * materialized view is compared once. Used by the polling thread.
 */
final class ReadRelations {

    private static final Duration LOOKED_AT_AGAIN = Duration.ofMinutes(1);

    private final Relation relation;
    private final Clock clock;
    private List<Found> found = List.of();
    private Instant due = Instant.MIN;
    private RefreshMark confirmed;
    private RefreshMark started;
    private long startedPoll = -1;

    /**
     * What a poll has to do about materialized views.
     *
     * @param comparesAll whether it has to read everything
     * @param remembersAll whether a later one will, so that nothing may be forgotten
     */
    record Refresh(boolean comparesAll, boolean remembersAll) {
        static final Refresh NONE = new Refresh(false, false);
    }

    ReadRelations(Relation relation, Clock clock) {
        this.relation = relation;
        this.clock = clock;
    }

    /** Looks at the catalog, now and then. */
    void look(SourceSession session, String select) throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        found =
                relation instanceof Relation.Table table
                        ? SourceRelations.of(session, table)
                        : SourceRelations.of(session, select);
        due = now.plus(LOOKED_AT_AGAIN);
    }

    /** Whether commits of one of them are made elsewhere. */
    boolean commitElsewhere() {
        return found.stream().anyMatch(one -> one.read().kind().commitsElsewhere());
    }

    /**
     * What the poll that is about to start has to do.
     *
     * @param split where the mapping stands before it
     */
    Refresh refresh(SourceSession session, WatermarkSplit split) throws SQLException {
        List<Long> views =
                found.stream()
                        .filter(one -> one.read().kind() == Kind.MATERIALIZED_VIEW)
                        .map(Found::oid)
                        .toList();
        if (views.isEmpty()) {
            return Refresh.NONE;
        }
        boolean follows = startedPoll == split.poll();
        RefreshMark before = follows ? started : null;
        startedPoll = split.poll() + 1;
        if (split.reading()) {
            // the read goes on: it holds what its first snapshot held
            started = before;
            return new Refresh(false, true);
        }
        confirmed = follows ? before : null;
        started = RefreshMark.at(session, views);
        boolean comparesAll = confirmed == null || confirmed.mayDiffer(session, started);
        return new Refresh(comparesAll, true);
    }
}
