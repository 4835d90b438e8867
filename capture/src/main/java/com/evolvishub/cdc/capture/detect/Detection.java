package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.StateInitializationContext;

/** One way to tell what is new. Runs in the task's thread. */
interface Detection {

    /** Takes hold of its state, which may be that of a checkpoint. Called once, first. */
    void open(StateInitializationContext context) throws Exception;

    /** A poll begins; one that was broken off may never have ended. */
    void begin(PollStarted started);

    /** Sends the row on, as what it is, or says that it was sent before. */
    boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception;

    /** A poll ended. What it says has to be done before the end may be told. */
    Ending end(PollEnded ended) throws Exception;

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
