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
 * Tracks the kinds of relations that a mapping reads, and whether materialized views among them
 * were refreshed since the last complete poll. Not part of a mapping's state: after a restart a
 * materialized view is fully compared once. Used by the polling thread.
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
     * What a poll must do about materialized views.
     *
     * @param readAll whether it must read everything
     * @param keepAll whether a later one will, so that no row may be evicted
     */
    public record Refresh(boolean readAll, boolean keepAll) {
        static final Refresh NONE = new Refresh(false, false);
    }

    public UnderlyingRelationMonitor(Relation relation, Clock clock) {
        this.relation = relation;
        this.clock = clock;
    }

    /** Reads the catalog, once per interval. */
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

    /** Whether rows of one of them are committed on another server. */
    public boolean commitRemotely() {
        return found.stream().anyMatch(one -> one.relation().kind().commitsRemotely());
    }

    /**
     * Returns what the next poll must do.
     *
     * @param split the split before it
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
            // the read resumes: it covers what its first database snapshot contained
            started = before;
            return new Refresh(false, true);
        }
        confirmed = follows ? before : null;
        started = MaterializedViewVersion.at(session, views);
        boolean readsAll = confirmed == null || confirmed.mayDiffer(session, started);
        return new Refresh(readsAll, true);
    }
}
