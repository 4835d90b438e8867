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
 * One lane's connection to its destination. Used by one thread at a time, which may block in any of
 * these methods but {@link #close} and be interrupted there. After an exception other than a {@link
 * RowRejectedException} the client is closed and a new one is made.
 */
public interface DestinationClient extends AutoCloseable {

    /**
     * Connects, takes the lane by raising its epoch, and reads what the lane delivered last. From
     * here on every writer with an older epoch is refused. A client that cannot promise this says
     * so in its documentation and in the plan.
     *
     * @throws FencedException if {@link WriterIdentity#mayTakeOverFrom} does not let it; nothing
     *     was changed
     * @throws RowsLostException if rows were delivered to a topic or stream that lacks some of them
     */
    RecoveredProgress open(WriterIdentity lane) throws Exception;

    /**
     * What the destination looks like. Changes nothing. Usable before {@link #open}, which tells
     * the same: a lane of {@code delivery: transactional} asks for this alone.
     */
    default DestinationDescription describeDestination() throws Exception {
        return new DestinationDescription(true, List.of());
    }

    /**
     * What the destination's progress record says. Changes nothing. Usable before {@link #open},
     * which tells the same.
     *
     * @return empty: it cannot tell without being opened
     */
    default Optional<Progress> progress() throws Exception {
        return Optional.empty();
    }

    /**
     * What keeps rows of this schema from being written, each with the column it is about and what
     * would do; empty: nothing. Changes nothing. Usable before {@link #open}: {@code validate}
     * calls it alone.
     */
    List<String> check(RowSchema schema) throws Exception;

    /**
     * What keeps no row out, but is not what one would think either, such as a column that is left
     * out. Changes nothing. Usable before {@link #open}.
     */
    default List<String> notes(RowSchema schema) throws Exception {
        return List.of();
    }

    /**
     * Tells what the pipeline knows to be at the destination, before {@link #open} and each {@link
     * #prepare}: above all, to which table, topic or stream rows were delivered.
     *
     * @param acknowledged with what {@link #targetId} said when rows were last delivered; without
     *     it, whatever is there now is the right one
     */
    default void expectProgress(Progress acknowledged) {}

    /**
     * What tells the table, topic or stream that was prepared from every other one that has or had
     * its name.
     *
     * @return empty: this destination cannot tell
     */
    default String targetId() {
        return "";
    }

    /** After how long {@link #write} gives up a server that does not answer. */
    default Duration writeTimeout() {
        return Duration.ofMinutes(5);
    }

    /**
     * Makes ready for rows of this schema: creates a missing table where the mapping allows it, and
     * where no rows were delivered to one before.
     *
     * @throws RowsLostException if rows were delivered to another table than the one that is there
     * @throws DestinationException if rows of this schema cannot be written
     */
    void prepare(RowSchema schema) throws Exception;

    /**
     * Writes rows and the number of the last of them in one step: both are there afterwards, or
     * neither. A destination that cannot do that may leave a part of the batch when it is cut off;
     * its next {@link #open} tells up to which row nothing is missing, and rows above that one are
     * not doubled when they are written again. All rows have the schema of the last {@link
     * #prepare}.
     *
     * <p>Where the progress record is not the one that this client has left, nothing is written,
     * and {@link #classify} calls the failure an outage: the next opening tells what has become of
     * it.
     *
     * @param rows in the lane's order, numbered, not empty
     * @throws FencedException if another writer has taken the lane; nothing was written
     * @throws RowRejectedException if the destination refuses one of the rows; nothing was written
     */
    void write(List<ChangeRow> rows) throws Exception;

    /**
     * Rows of the last {@link #write} that the destination took and left out, by rules of its own
     * such as a trigger: they are dealt with, and do not count as written.
     */
    default long rowsSkipped() {
        return 0;
    }

    /**
     * Compares what a load has written with what is there, as the rows of the last {@link #prepare}
     * allow. {@link KeyComparison#compare} needs no more than {@link #open}.
     *
     * @return empty: rows are only ever added here, or nothing tells them apart
     */
    default Optional<KeyComparison> keyComparison() {
        return Optional.empty();
    }

    /** Whether this destination has a place for rows that it cannot take. */
    default boolean supportsDeadLetters() {
        return false;
    }

    /**
     * Puts a row that was refused where dead letters go, and the row's number as the lane's last,
     * in one step. Called only if {@link #supportsDeadLetters}.
     *
     * @param error why it was refused
     */
    default void writeDeadLetter(ChangeRow row, String error) throws Exception {
        throw new UnsupportedOperationException("this destination keeps no dead letters");
    }

    /** Whether trying again later may help. */
    FailureKind classify(Exception failure);

    /**
     * Whether writing a row's current version twice is the same as writing it once (upsert by key).
     */
    boolean upserts(RowSchema schema);

    /**
     * Connections are scarce at some destinations, and one that lies idle is better given to
     * another lane. The lane is opened anew when there is something to write.
     *
     * @param leave to be called, from any thread, when another lane waits for this one's place
     */
    default void onReleaseRequested(Runnable leave) {}

    /** Lets go of everything, without waiting for the server. Callable from any thread. */
    @Override
    void close();
}
