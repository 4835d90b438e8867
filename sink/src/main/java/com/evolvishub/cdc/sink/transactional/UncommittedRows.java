package com.evolvishub.cdc.sink.transactional;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PollEnded;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Counts rows that were forwarded to a two-phase-commit sink and are not committed yet, per
 * checkpoint. Used by the task's thread.
 */
final class UncommittedRows {

    private final Deque<Part> sealed = new ArrayDeque<>();
    private Part open = Part.NOTHING;

    /**
     * The rows of one checkpoint.
     *
     * @param poll the last poll that ended among them; 0: none
     * @param asOf the source's time at the last complete poll
     */
    record Part(long checkpoint, long rows, long bytes, long poll, Optional<Instant> asOf) {
        static final Part NOTHING = new Part(0, 0, 0, 0, Optional.empty());

        private Part plus(Part later) {
            return new Part(
                    later.checkpoint,
                    rows + later.rows,
                    bytes + later.bytes,
                    Math.max(poll, later.poll),
                    later.asOf.or(() -> asOf));
        }
    }

    void add(ChangeRow row) {
        open = open.plus(new Part(0, 1, row.line().length, 0, Optional.empty()));
    }

    void add(PollEnded ended) {
        // an aborted read has not delivered all rows up to its time
        Optional<Instant> asOf = ended.complete() ? Optional.of(ended.asOf()) : Optional.empty();
        open = open.plus(new Part(0, 0, 0, ended.poll(), asOf));
    }

    /** Assigns all rows since the last call to this checkpoint. */
    void seal(long checkpoint) {
        sealed.addLast(new Part(checkpoint, open.rows, open.bytes, open.poll, open.asOf));
        open = Part.NOTHING;
    }

    /** Removes and returns the rows that were committed with a checkpoint. */
    Part commit(long checkpoint) {
        Part committed = Part.NOTHING;
        while (!sealed.isEmpty() && sealed.peekFirst().checkpoint <= checkpoint) {
            committed = committed.plus(sealed.removeFirst());
        }
        return committed;
    }

    /** Number of rows whose checkpoint has begun and is not known to be complete. */
    long sealedRows() {
        long rows = 0;
        for (Part part : sealed) {
            rows += part.rows;
        }
        return rows;
    }

    /** Number of all uncommitted rows. */
    long rows() {
        return sealedRows() + open.rows;
    }

    /** The sum of all uncommitted rows. */
    Part all() {
        Part all = Part.NOTHING;
        for (Part part : sealed) {
            all = all.plus(part);
        }
        return all.plus(open);
    }
}
