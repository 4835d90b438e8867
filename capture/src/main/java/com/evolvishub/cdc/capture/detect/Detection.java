package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.ReadCoverage;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.Section;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.StateInitializationContext;

/** One way to tell what is new. Runs in the task's thread. */
interface Detection {

    /**
     * Takes hold of its state, which may be that of a checkpoint. Called once, first.
     *
     * @param forgets whether to empty it
     */
    void open(StateInitializationContext context, boolean forgets) throws Exception;

    /** A poll begins; one that was broken off may never have ended. */
    void begin(PollStarted started) throws Exception;

    /** Behind {@link #begin}: what has to be remembered of this poll. */
    default void retain(Retention retention) throws Exception {
        throw new IllegalStateException("only a watermark scan reaches back");
    }

    /** The rows that follow were never read before. */
    default void cross(Frontier frontier) {
        throw new IllegalStateException("only a watermark scan has a frontier");
    }

    /** Right before {@link #end} of a complete read: what it could see. */
    default void cover(ReadCoverage coverage) {
        throw new IllegalStateException("only a read of everything tells what it could see");
    }

    /** The rows that follow stand outside of the order, or in it again. */
    default void enter(Section section) {
        throw new IllegalStateException("only a watermark scan has sections");
    }

    /** Keys of rows that the next poll is to look up. */
    default List<byte[]> wanted() {
        return List.of();
    }

    /** Sends the row on, as what it is, or says that it was sent before. */
    boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception;

    /** A poll ended. What it says has to be done before the end may be told. */
    Ending end(PollEnded ended) throws Exception;

    /**
     * Throws some of what is no longer needed away. Rows may come between two calls.
     *
     * @return whether there is more to look through
     */
    default boolean tidy() throws Exception {
        return false;
    }

    /** Whether a row that the last read has not shown is gone, without a second read. */
    default boolean provesAbsence() {
        return false;
    }

    /** Rows that the last read missed, and that are deleted if the next one misses them too. */
    default long unconfirmed() {
        return 0;
    }

    /** Rows remembered. */
    long remembered();

    /** Writes what is on the heap to its state. */
    void snapshot() throws Exception;

    /** What is left to do at the end of a poll. */
    interface Ending {

        /** Nothing to do, nothing to tell. */
        Ending PLAIN = output -> false;

        /**
         * Does some of it.
         *
         * @return whether there is more
         */
        boolean slice(Consumer<ChangeRow> output) throws Exception;

        /** What is wrong with the poll, for people; empty: nothing. */
        default String trouble() {
            return "";
        }

        /** Whether the poll counts as one that has told everything. */
        default boolean isComplete() {
            return true;
        }
    }
}
