package com.evolvishub.cdc.connectors.redis.writer;

import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes sure that the server's log is whole before anything is added to it.
 *
 * <p>A server that is killed while it logs a script leaves the script's first commands behind its
 * {@code MULTI}. When it starts, Redis rightly does not run them, but it cuts the file after the
 * last whole command, not before the {@code MULTI}. The next script's {@code EXEC} then ends both,
 * and at the start after that the half script has come to life: rows twice. A log that is written
 * anew from memory has no such rest. So no lane writes to a server that has not written its log
 * anew since it started; the first lane to come has it done.
 */
final class AppendOnlyFileCheck {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private AppendOnlyFileCheck() {}

    /**
     * Returns when the log is known to be whole; that takes as long as the server takes to write
     * its data to disk.
     *
     * @return false: this user may not ask for it, or not have it done
     * @throws RedisException if the server could not
     */
    static boolean ensureComplete(RedisSession session) throws RedisException {
        Optional<String> state = state(session);
        if (state.isEmpty()) {
            return false;
        }
        if (isComplete(state.get())) {
            return true;
        }
        if (!isBeingWritten(state.get())
                && session.tryCall("BGREWRITEAOF").isEmpty()
                && !isBeingWritten(state(session).orElse(""))) {
            return false;
        }
        while (true) {
            String now = state(session).orElse("");
            if (!isBeingWritten(now)) {
                if (isComplete(now)) {
                    return true;
                }
                throw new RedisException(
                        FailureKind.TRANSIENT,
                        "%s: it cannot rewrite its append-only file; its log has the reason"
                                .formatted(session.address()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static Optional<String> state(RedisSession session) throws RedisException {
        return session.tryCall("INFO", "persistence").map(RedisSession::text);
    }

    /** There is none, or it was written since the server started. */
    private static boolean isComplete(String state) {
        return state.contains("aof_enabled:0")
                || (!state.contains("aof_last_rewrite_time_sec:-1")
                        && state.contains("aof_last_bgrewrite_status:ok"));
    }

    private static boolean isBeingWritten(String state) {
        return state.contains("aof_rewrite_in_progress:1")
                || state.contains("aof_rewrite_scheduled:1");
    }
}
