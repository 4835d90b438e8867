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

/** One way to tell what is new. Runs in the task's thread. */
public interface DetectionStrategy {

    /**
     * Takes hold of its state, which may be that of a checkpoint. Called once, first.
     *
     * @param forgets whether to empty it
     */
    void open(StateInitializationContext context, boolean forgets) throws Exception;

    /** A poll begins; one that was broken off may never have ended. */
    void begin(PollStarted started) throws Exception;

    /** Behind {@link #begin}: what has to be remembered of this poll. */
    default void setWindow(DedupeWindow retention) throws Exception {
        throw new IllegalStateException("only a watermark scan reaches back");
    }

    /** The rows that follow were never read before. */
    default void highWatermarkCrossed(HighWatermarkCrossed frontier) {
        throw new IllegalStateException("only a watermark scan has a frontier");
    }

    /** Right before {@link #end} of a complete read: what it could see. */
    default void setIntegrity(SnapshotIntegrity coverage) {
        throw new IllegalStateException("only a read of everything tells what it could see");
    }

    /** The rows that follow stand outside of the order, or in it again. */
    default void phaseStarted(PollPhaseStarted section) {
        throw new IllegalStateException("only a watermark scan has sections");
    }

    /** Keys of rows that the next poll is to look up. */
    default List<byte[]> requestedKeys() {
        return List.of();
    }

    /** Sends the row on, as what it is, or says that it was sent before. */
    boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception;

    /** A poll ended. What it says has to be done before the end may be told. */
    PollCompletion end(PollEnded ended) throws Exception;

    /**
     * Throws some of what is no longer needed away. Rows may come between two calls.
     *
     * @return whether there is more to look through
     */
    default boolean evict() throws Exception {
        return false;
    }

    /** Whether a row that the last read has not shown is gone, without a second read. */
    default boolean provesAbsence() {
        return false;
    }

    /** Rows that the last read missed, and that are deleted if the next one misses them too. */
    default long unconfirmedDeletes() {
        return 0;
    }

    /** Rows remembered. */
    long stateRows();

    /** Writes what is on the heap to its state. */
    void snapshot() throws Exception;

    /** What is left to do at the end of a poll. */
    interface PollCompletion {

        /** Nothing to do, nothing to tell. */
        PollCompletion PLAIN = output -> false;

        /**
         * Does some of it.
         *
         * @return whether there is more
         */
        boolean processSlice(Consumer<ChangeRow> output) throws Exception;

        /** What is wrong with the poll, for people; empty: nothing. */
        default String warning() {
            return "";
        }

        /** Whether the poll counts as one that has told everything. */
        default boolean isComplete() {
            return true;
        }
    }
}
