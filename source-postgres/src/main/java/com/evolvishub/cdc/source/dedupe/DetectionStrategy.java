package com.evolvishub.cdc.source.dedupe;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.StateInitializationContext;

/** Detects which rows of a poll are new. Runs in the task's thread. */
public interface DetectionStrategy {

    /**
     * Opens its state, possibly restored from a checkpoint. Called once, before all other methods.
     *
     * @param discardsState whether to clear the state
     */
    void open(StateInitializationContext context, boolean discardsState) throws Exception;

    /** Starts a poll. The poll before may have been aborted without an end. */
    void begin(PollStarted started) throws Exception;

    /** Called after {@link #begin}: sets which rows this poll must keep in the state. */
    default void setWindow(DedupeWindow window) throws Exception {
        throw new IllegalStateException("only a watermark scan reaches back");
    }

    /** The rows from here on were never read before. */
    default void highWatermarkCrossed(HighWatermarkCrossed crossed) {
        throw new IllegalStateException("only a watermark scan has a frontier");
    }

    /** Called right before {@link #end} of a complete read: what the read could see. */
    default void setIntegrity(SnapshotIntegrity integrity) {
        throw new IllegalStateException("only a read of everything tells what it could see");
    }

    /** A part of the poll starts; its rows may be outside of the order. */
    default void phaseStarted(PollPhaseStarted started) {
        throw new IllegalStateException("only a watermark scan has sections");
    }

    /** Keys of rows that the next poll must look up. */
    default List<byte[]> requestedKeys() {
        return List.of();
    }

    /** Passes a new or changed row on with its operation; false if it was sent before. */
    boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception;

    /** Ends a poll. Its completion must be processed before the end is emitted. */
    PollCompletion end(PollEnded ended) throws Exception;

    /**
     * Evicts part of what is no longer needed. Rows may arrive between two calls.
     *
     * @return whether there is more to scan
     */
    default boolean evict() throws Exception {
        return false;
    }

    /** Whether a row that the last read did not contain is deleted, without a second read. */
    default boolean provesAbsence() {
        return false;
    }

    /** Rows that the last read missed and that are deleted if the next read misses them too. */
    default long unconfirmedDeletes() {
        return 0;
    }

    /** Number of rows in the dedupe state. */
    long stateRows();

    /** Writes data on the heap to the checkpointed state. */
    void snapshot() throws Exception;

    /** The work that is left at the end of a poll. */
    interface PollCompletion {

        /** No work and no warning. */
        PollCompletion PLAIN = output -> false;

        /**
         * Processes one slice of the work.
         *
         * @return whether there is more
         */
        boolean processSlice(Consumer<ChangeRow> output) throws Exception;

        /** A human-readable problem of the poll; empty: none. */
        default String warning() {
            return "";
        }

        /** Whether the poll counts as complete. */
        default boolean isComplete() {
            return true;
        }
    }
}
