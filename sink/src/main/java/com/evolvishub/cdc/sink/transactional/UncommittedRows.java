package com.evolvishub.cdc.sink.transactional;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PollEnded;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What was handed to a two-phase sink and is not visible yet, checkpoint by checkpoint. Used by the
 * task's thread.
 */
final class UncommittedRows {

    private final Deque<Part> sealed = new ArrayDeque<>();
    private Part open = Part.NOTHING;

    /**
     * The rows of one checkpoint.
     *
     * @param poll the last that ended among them; 0: none
     * @param asOf the source's time at the last complete one
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
        // what a broken-off read did not reach is not at the destination
        Optional<Instant> asOf = ended.complete() ? Optional.of(ended.asOf()) : Optional.empty();
        open = open.plus(new Part(0, 0, 0, ended.poll(), asOf));
    }

    /**
     * Everything until now belongs to this checkpoint, or to earlier ones that did not complete.
     */
    void seal(long checkpoint) {
        sealed.addLast(new Part(checkpoint, open.rows, open.bytes, open.poll, open.asOf));
        open = Part.NOTHING;
    }

    /** What has become visible with a checkpoint. */
    Part commit(long checkpoint) {
        Part committed = Part.NOTHING;
        while (!sealed.isEmpty() && sealed.peekFirst().checkpoint <= checkpoint) {
            committed = committed.plus(sealed.removeFirst());
        }
        return committed;
    }

    /** Rows whose checkpoint has begun and is not known to be complete. */
    long sealedRows() {
        long rows = 0;
        for (Part part : sealed) {
            rows += part.rows;
        }
        return rows;
    }

    /** Rows of all of it. */
    long rows() {
        return sealedRows() + open.rows;
    }

    /** All of it: what a state that holds it comes to. */
    Part all() {
        Part all = Part.NOTHING;
        for (Part part : sealed) {
            all = all.plus(part);
        }
        return all.plus(open);
    }
}
