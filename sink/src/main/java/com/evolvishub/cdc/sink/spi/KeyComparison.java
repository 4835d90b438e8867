package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.util.function.Predicate;

/**
 * Compares the keys at a destination with those that a load has written; rows that the load did not
 * write are extra rows. Used by the I/O thread, on an open client.
 *
 * <p>After {@link #startRecording} each write records its keys at the destination in the same
 * transaction as the rows, so that a crash or a restored backup cannot separate them. Rows moved to
 * the dead letters are counted.
 */
public interface KeyComparison {

    /**
     * Starts or continues recording keys. Called after {@link DestinationClient#prepare}.
     *
     * @param load id of the load, the same after every restart
     * @param first whether the load may have recorded no key yet
     */
    RecordingStatus startRecording(String load, boolean first) throws Exception;

    /**
     * Compares, deletes if required, and ends the recording, atomically.
     *
     * @param load id of the load
     * @param deletes decides whether to delete the extra rows; called once, with what was found
     * @return what was found and deleted
     * @throws DestinationException if the extra rows cannot be deleted; nothing was changed
     */
    ExtraRows compare(String load, Predicate<ExtraRows> deletes) throws Exception;

    /** Discards the recorded keys; recording cannot continue. Called before rows are written. */
    void giveUp() throws Exception;

    /**
     * Result of {@link #startRecording}.
     *
     * @param reason why keys cannot be compared, human-readable; empty: they can
     */
    record RecordingStatus(Kind kind, String reason) {

        /** Keys are recorded. */
        public static final RecordingStatus NOTES = new RecordingStatus(Kind.NOTES, "");

        /** This load was already compared. */
        public static final RecordingStatus DONE = new RecordingStatus(Kind.DONE, "");

        /** Keys cannot be compared. */
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
