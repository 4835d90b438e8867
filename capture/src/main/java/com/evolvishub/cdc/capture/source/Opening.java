package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.DatabaseClock;
import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationLocks;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.FlowElement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * A poll that has been opened.
 *
 * @param poll the read under way
 * @param started where the mapping stands from here on
 * @param announced what the step that compares has to know before the first row
 * @param aside when rows outside the order were last looked for; see {@link WatermarkSplit#asideAt}
 */
record Opening(Poll poll, WatermarkSplit started, List<FlowElement> announced, long aside) {

    Opening {
        announced = List.copyOf(announced);
    }

    /** Waits for a short while; ends early, with an exception, when the task is cancelled. */
    interface Waiting {
        /** Waits until a time. */
        void until(Instant time) throws Pause.WokenUpException;
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
    record Request(
            SourceSession session,
            KnownRelation known,
            RelationLocks locks,
            RelationDescription found,
            PollOpener.Survey survey,
            WatermarkSplit split,
            DatabaseClock clock) {

        Request at(WatermarkSplit other) {
            return new Request(session, known, locks, found, survey, other, clock);
        }

        /** The look before the snapshot. */
        Look look() throws SQLException {
            return Look.at(session, clock);
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
         * @throws ChangedRelationException if it was changed between its description and the lock
         */
        void takeSnapshot(SnapshotStatement first) throws SQLException, ChangedRelationException {
            known.takeSnapshot(session, first);
        }
    }
}
