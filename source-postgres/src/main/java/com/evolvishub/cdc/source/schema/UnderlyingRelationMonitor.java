package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.planner.catalog.UnderlyingRelation.Kind;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.source.catalog.UnderlyingRelations;
import com.evolvishub.cdc.source.catalog.UnderlyingRelations.Found;
import com.evolvishub.cdc.source.locks.MaterializedViewVersion;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PostgresSplit;
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
public final class UnderlyingRelationMonitor {

    private static final Duration CATALOG_INTERVAL = Duration.ofMinutes(1);

    private final Relation relation;
    private final Clock clock;
    private List<Found> found = List.of();
    private Instant due = Instant.MIN;
    private MaterializedViewVersion confirmed;
    private MaterializedViewVersion started;
    private long startedPoll = -1;

    /**
     * What a poll has to do about materialized views.
     *
     * @param comparesAll whether it has to read everything
     * @param remembersAll whether a later one will, so that nothing may be forgotten
     */
    public record Refresh(boolean readAll, boolean keepAll) {
        static final Refresh NONE = new Refresh(false, false);
    }

    public UnderlyingRelationMonitor(Relation relation, Clock clock) {
        this.relation = relation;
        this.clock = clock;
    }

    /** Looks at the catalog, now and then. */
    public void refreshCatalog(SourceSession session, String select) throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        found =
                relation instanceof Relation.Table table
                        ? UnderlyingRelations.of(session, table)
                        : UnderlyingRelations.of(session, select);
        due = now.plus(CATALOG_INTERVAL);
    }

    /** Whether commits of one of them are made elsewhere. */
    public boolean commitRemotely() {
        return found.stream().anyMatch(one -> one.relation().kind().commitsRemotely());
    }

    /**
     * What the poll that is about to start has to do.
     *
     * @param split where the mapping stands before it
     */
    public Refresh refresh(SourceSession session, PostgresSplit split) throws SQLException {
        List<Long> views =
                found.stream()
                        .filter(one -> one.relation().kind() == Kind.MATERIALIZED_VIEW)
                        .map(Found::oid)
                        .toList();
        if (views.isEmpty()) {
            return Refresh.NONE;
        }
        boolean follows = startedPoll == split.poll();
        MaterializedViewVersion before = follows ? started : null;
        startedPoll = split.poll() + 1;
        if (split.pollInProgress()) {
            // the read goes on: it holds what its first snapshot held
            started = before;
            return new Refresh(false, true);
        }
        confirmed = follows ? before : null;
        started = MaterializedViewVersion.at(session, views);
        boolean comparesAll = confirmed == null || confirmed.mayDiffer(session, started);
        return new Refresh(comparesAll, true);
    }
}
