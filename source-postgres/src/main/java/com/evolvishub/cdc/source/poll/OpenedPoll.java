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
 * @param poll the running read
 * @param started the split from here on
 * @param markers what the change detector needs before the first row
 * @param nullWatermarkRowsAt when rows with a NULL watermark were last queried; see {@link
 *     PostgresSplit#nullWatermarkRowsAt}
 */
public record OpenedPoll(
        Poll poll, PostgresSplit started, List<PipelineElement> markers, long nullWatermarkRowsAt) {

    public OpenedPoll {
        markers = List.copyOf(markers);
    }

    /** Waits for a short time; a cancelled task ends the wait with an exception. */
    public interface Waiter {
        /** Waits until a time. */
        void until(Instant time) throws WakeableWaiter.WokenUpException;
    }

    /**
     * The context in which a poll is opened.
     *
     * @param session not in a database snapshot yet
     * @param relation the cached description of the relation
     * @param locks to take before the database snapshot
     * @param found the description of the source
     * @param schema the columns, key and layout to read
     * @param split the current split
     * @param clock the database's clock
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

        /** Takes the transaction snapshot that precedes the database snapshot. */
        TransactionSnapshot takeTransactionSnapshot() throws SQLException {
            return TransactionSnapshot.take(session, clock);
        }

        /** Takes the locks. The next statement takes the database snapshot. */
        void beginSnapshot() throws SQLException {
            locks.begin(session);
        }

        /**
         * Takes the database snapshot.
         *
         * @param first further queries of the same statement; the locks protect the described
         *     relations from changes by other sessions
         * @throws RelationChangedException if a relation was changed between its description and
         *     the lock
         */
        void takeSnapshot(CombinedQuery first) throws SQLException, RelationChangedException {
            relation.takeSnapshot(session, first);
        }
    }
}
