package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.util.function.Predicate;

/**
 * Compares the keys at a destination with those that a load has written: what the load did not
 * write is an extra row. Used by the I/O thread, on an open client.
 *
 * <p>From {@link #startRecording} on each write notes its keys at the destination, in the step that
 * writes the rows, so that neither a crash nor a destination that went back can part them. Rows
 * that the destination refused, and that were put aside, are counted.
 */
public interface KeyComparison {

    /**
     * Begins to note keys, or goes on. Called after {@link DestinationClient#prepare}.
     *
     * @param load id of the load, the same after every restart
     * @param begins whether the load may not have noted any key yet
     */
    RecordingStatus startRecording(String load, boolean begins) throws Exception;

    /**
     * Compares, deletes if that is wanted, and ends the noting, in one step.
     *
     * @param load id of the load
     * @param deletes asked once, with what was found: whether to delete the extra rows
     * @return what was found and deleted
     * @throws DestinationException if the extra rows cannot be deleted; nothing has changed
     */
    ExtraRows compare(String load, Predicate<ExtraRows> deletes) throws Exception;

    /** Drops what is noted: from here on it cannot be gone on with. Before rows are written. */
    void giveUp() throws Exception;

    /**
     * What has become of {@link #startRecording}.
     *
     * @param reason why keys cannot be compared, for people; empty: they can
     */
    record RecordingStatus(Kind kind, String reason) {

        /** Keys are noted. */
        public static final RecordingStatus NOTES = new RecordingStatus(Kind.NOTES, "");

        /** The comparison of this load is done already. */
        public static final RecordingStatus DONE = new RecordingStatus(Kind.DONE, "");

        /** They cannot be compared. */
        public static RecordingStatus impossible(String reason) {
            return new RecordingStatus(Kind.IMPOSSIBLE, reason);
        }
    }

    /** See {@link RecordingStatus}. */
    enum Kind {
        NOTES,
        DONE,
        IMPOSSIBLE
    }
}
