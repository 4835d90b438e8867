package com.evolvishub.cdc.sink.deadletter;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.List;
import java.util.Optional;

/**
 * The dead letters of one pipeline. Works while the job runs: a replay is protected against
 * concurrent writers by the destination, and never changes the pipeline's last sequence number.
 *
 * <p>A dead letter whose key was delivered or deleted later is {@link DeadLetter#superseded()
 * superseded}: a replay would restore an old version. A destination without an index of keys
 * searches the rows that it holds, and documents what this does not find.
 *
 * <p>Used by one thread; connects at the first call. Methods may block up to the endpoint's timeout
 * and may throw any exception of the client; {@link #classify} classifies it.
 */
public interface DeadLetterStore extends AutoCloseable {

    /**
     * Dead letters, oldest first.
     *
     * @param id the dead letter to continue after; empty: start with the oldest. It may no longer
     *     exist
     * @param limit maximum number, at least 1
     * @return empty: there are no more
     */
    List<DeadLetter> listAfter(String id, int limit) throws Exception;

    /** The dead letter with this id, if it exists and belongs to this pipeline. */
    Optional<DeadLetter> find(String id) throws Exception;

    /**
     * Writes the row again and removes its dead letter, atomically. A destination that cannot do
     * this writes the row first, so that a crash leaves both rather than none, and documents it.
     *
     * @return why it was not replayed; empty: it was
     */
    Optional<String> replay(DeadLetter deadLetter, ReplayPolicy policy) throws Exception;

    /** Removes a dead letter permanently. One that no longer exists is not an error. */
    void drop(DeadLetter deadLetter) throws Exception;

    /** Whether a retry may succeed. */
    FailureKind classify(Exception failure);

    /** Releases all resources without waiting for the server. Callable from any thread. */
    @Override
    void close();
}
