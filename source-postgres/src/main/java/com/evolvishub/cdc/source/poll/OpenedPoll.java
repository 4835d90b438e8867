package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.locks.RelationLocks;
import com.evolvishub.cdc.source.schema.CachedRelation;
import com.evolvishub.cdc.source.schema.RelationChangedException;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * A poll that has been opened.
 *
 * @param poll the read under way
 * @param started where the mapping stands from here on
 * @param announced what the step that compares has to know before the first row
 * @param aside when rows outside the order were last looked for; see {@link
 *     PostgresSplit#nullWatermarkRowsAt}
 */
public record OpenedPoll(
        Poll poll, PostgresSplit started, List<PipelineElement> markers, long nullWatermarkRowsAt) {

    public OpenedPoll {
        markers = List.copyOf(markers);
    }

    /** Waits for a short while; ends early, with an exception, when the task is cancelled. */
    public interface Waiter {
        /** Waits until a time. */
        void until(Instant time) throws WakeableWaiter.WokenUpException;
    }

    /**
     * What one way to read needs to open a poll.
     *
     * @param session not in a snapshot yet
     * @param known how it was described
     * @param locks to take before the snapshot
     * @param found what the source looks like
     * @param survey what to ask for
     * @param split where the mapping stands
     * @param clock tells the database's time
     */
    record PollContext(
            SourceSession session,
            CachedRelation relation,
            RelationLocks locks,
            RelationDescription found,
            PollOpener.SourceSchema schema,
            PostgresSplit split,
            DatabaseClock clock) {

        PollContext at(PostgresSplit other) {
            return new PollContext(session, relation, locks, found, schema, other, clock);
        }

        /** The look before the snapshot. */
        TransactionSnapshot takeTransactionSnapshot() throws SQLException {
            return TransactionSnapshot.take(session, clock);
        }

        /** Takes the locks; the snapshot is taken by the next statement. */
        void beginSnapshot() throws SQLException {
            locks.begin(session);
        }

        /**
         * Takes the snapshot.
         *
         * @param first what is asked besides; with the locks taken, what is described can no longer
         *     be changed by others
         * @throws RelationChangedException if it was changed between its description and the lock
         */
        void takeSnapshot(CombinedQuery first) throws SQLException, RelationChangedException {
            relation.takeSnapshot(session, first);
        }
    }
}
