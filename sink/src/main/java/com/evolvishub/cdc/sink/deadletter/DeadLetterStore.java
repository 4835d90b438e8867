package com.evolvishub.cdc.sink.deadletter;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one lane that its destination could not take, for those who mend them. Works beside a
 * running job: a row is written again under the destination's own protection against two writers,
 * and never moves the lane's last number.
 *
 * <p>A dead letter is older than what came after it. One whose key was delivered since, or removed
 * since, is {@link DeadLetter#superseded() superseded}: writing it again would put an old version
 * in the place of a new one. A destination that keeps no account of keys looks into what it holds,
 * and documents what it cannot find there.
 *
 * <p>Used by one thread; connects when it is first asked. Methods may block for the endpoint's
 * timeout and throw whatever the client throws, which {@link #classify} understands.
 */
public interface DeadLetterStore extends AutoCloseable {

    /**
     * Dead letters, oldest first.
     *
     * @param id the letter to go on behind; empty: from the oldest on. It need not be there any
     *     more
     * @param atMost how many, at least 1
     * @return empty: there are no more, or nobody has ever put one there
     */
    List<DeadLetter> listAfter(String id, int atMost) throws Exception;

    /** The letter of that id, if it is there and belongs to this lane. */
    Optional<DeadLetter> find(String id) throws Exception;

    /**
     * Writes a row again and takes it from the dead letters, in one step: afterwards it is in the
     * one place or in the other. A destination that has no such step writes first, so that a crash
     * leaves the row in both places rather than in none, and documents it.
     *
     * @return why it was left where it is; empty: it was written
     */
    Optional<String> replay(DeadLetter letter, ReplayPolicy rule) throws Exception;

    /** Takes a letter away for good. One that is gone already is no error. */
    void drop(DeadLetter letter) throws Exception;

    /** Whether trying again later may help. */
    FailureKind classify(Exception failure);

    /** Lets go of everything, without waiting for the server. Callable from any thread. */
    @Override
    void close();
}
