package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One pipeline's connection to its destination. Used by one thread at a time; every method but
 * {@link #close} may block and may be interrupted. After an exception other than a {@link
 * RowRejectedException} the caller closes the client and creates a new one.
 */
public interface DestinationClient extends AutoCloseable {

    /**
     * Connects, takes over the pipeline by raising its epoch, and reads the progress record. From
     * then on the destination rejects every writer with an older epoch. A client that cannot
     * guarantee this says so in its documentation and in the plan.
     *
     * @throws FencedException if {@link WriterIdentity#mayTakeOverFrom} does not allow it; nothing
     *     was changed
     * @throws RowsLostException if the topic or stream lacks rows that were delivered to it
     */
    RecoveredProgress open(WriterIdentity writer) throws Exception;

    /**
     * Describes the destination. Changes nothing. Usable before {@link #open}, which returns the
     * same: {@code delivery: transactional} calls only this method.
     */
    default DestinationDescription describeDestination() throws Exception {
        return new DestinationDescription(true, List.of());
    }

    /**
     * Reads the progress record. Changes nothing. Usable before {@link #open}, which returns the
     * same.
     *
     * @return empty: the record cannot be read before {@link #open}
     */
    default Optional<Progress> progress() throws Exception {
        return Optional.empty();
    }

    /**
     * Lists what prevents writing rows of this schema, each with its column and a remedy; empty:
     * nothing. Changes nothing. Usable before {@link #open}: {@code validate} calls only this
     * method.
     */
    List<String> check(RowSchema schema) throws Exception;

    /**
     * Lists what prevents no row but may surprise, such as a column that is not written. Changes
     * nothing. Usable before {@link #open}.
     */
    default List<String> notes(RowSchema schema) throws Exception {
        return List.of();
    }

    /**
     * Sets what the pipeline's state knows about the destination, above all the target that rows
     * were delivered to. Called before {@link #open} and before each {@link #prepare}.
     *
     * @param acknowledged with the {@link #targetId} of the last delivery; if that is empty, any
     *     existing target is accepted
     */
    default void expectProgress(Progress acknowledged) {}

    /**
     * Identifies the prepared table, topic or stream among all that have or had its name.
     *
     * @return empty: this destination has no such identity
     */
    default String targetId() {
        return "";
    }

    /** Timeout of {@link #write} for a server that does not respond. */
    default Duration writeTimeout() {
        return Duration.ofMinutes(5);
    }

    /**
     * Prepares writing rows of this schema. Creates a missing table if the mapping allows it and no
     * rows were delivered to an earlier one.
     *
     * @throws RowsLostException if rows were delivered to another table than the existing one
     * @throws DestinationException if rows of this schema cannot be written
     */
    void prepare(RowSchema schema) throws Exception;

    /**
     * Writes rows and the sequence number of the last of them atomically. A destination that cannot
     * do this may keep a part of an interrupted batch; its next {@link #open} returns the sequence
     * number up to which no row is missing, and rows above it are not duplicated when they are
     * written again. All rows have the schema of the last {@link #prepare}.
     *
     * <p>If the progress record is not the one that this client wrote last, nothing is written and
     * {@link #classify} returns {@link FailureKind#TRANSIENT}: the next {@link #open} reads the
     * record again.
     *
     * @param rows in sequence order, not empty
     * @throws FencedException if another writer has taken over the pipeline; nothing was written
     * @throws RowRejectedException if the destination rejects one of the rows; nothing was written
     */
    void write(List<ChangeRow> rows) throws Exception;

    /**
     * Rows of the last {@link #write} that the destination accepted but did not store, for example
     * because of a trigger. They are done, and do not count as written.
     */
    default long rowsSkipped() {
        return 0;
    }

    /**
     * Compares the keys at the destination with those that a load has written, for the schema of
     * the last {@link #prepare}. {@link KeyComparison#compare} needs only {@link #open}.
     *
     * @return empty: rows are only appended here, or nothing identifies them
     */
    default Optional<KeyComparison> keyComparison() {
        return Optional.empty();
    }

    /** Whether this destination can store rows that it has rejected. */
    default boolean supportsDeadLetters() {
        return false;
    }

    /**
     * Writes a rejected row to the dead letters, and its sequence number as the pipeline's last,
     * atomically. Called only if {@link #supportsDeadLetters}.
     *
     * @param error why it was rejected
     */
    default void writeDeadLetter(ChangeRow row, String error) throws Exception {
        throw new UnsupportedOperationException("this destination keeps no dead letters");
    }

    /** Whether a retry may succeed. */
    FailureKind classify(Exception failure);

    /**
     * Whether writing a row's current version twice is the same as writing it once (upsert by key).
     */
    boolean upserts(RowSchema schema);

    /**
     * Registers a callback that asks for an idle connection back, for destinations whose
     * connections are scarce. The pipeline is opened again when there is something to write.
     *
     * @param release called, from any thread, when another pipeline waits for this one's connection
     *     permit
     */
    default void onReleaseRequested(Runnable release) {}

    /** Releases all resources without waiting for the server. Callable from any thread. */
    @Override
    void close();
}
