package com.evolvishub.cdc.connectors.redis.writer;

import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ensures that the server's append-only file has no partial script before anything is appended.
 *
 * <p>If a server is killed while it logs a script, the file ends with {@code MULTI} and the
 * script's first commands. At the next start Redis does not run them, but truncates the file after
 * the last complete command, not before the {@code MULTI}. The next script's {@code EXEC} then ends
 * both, so that the start after that runs the partial script: duplicate rows. A rewritten file has
 * no such remains. So no pipeline writes to a server that has not rewritten its file since it
 * started; the first pipeline triggers the rewrite.
 */
final class AppendOnlyFileCheck {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private AppendOnlyFileCheck() {}

    /**
     * Returns when the file is known to be complete; a rewrite takes as long as the server needs to
     * write its data to disk.
     *
     * @return false: this user may not read the state or start a rewrite
     * @throws RedisException if the rewrite failed
     */
    static boolean ensureComplete(RedisSession session) throws RedisException {
        Optional<String> state = state(session);
        if (state.isEmpty()) {
            return false;
        }
        if (isComplete(state.get())) {
            return true;
        }
        if (!isBeingRewritten(state.get())
                && session.tryCall("BGREWRITEAOF").isEmpty()
                && !isBeingRewritten(state(session).orElse(""))) {
            return false;
        }
        while (true) {
            String now = state(session).orElse("");
            if (!isBeingRewritten(now)) {
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

    /** Whether there is no append-only file, or it was rewritten since the server started. */
    private static boolean isComplete(String state) {
        return state.contains("aof_enabled:0")
                || (!state.contains("aof_last_rewrite_time_sec:-1")
                        && state.contains("aof_last_bgrewrite_status:ok"));
    }

    private static boolean isBeingRewritten(String state) {
        return state.contains("aof_rewrite_in_progress:1")
                || state.contains("aof_rewrite_scheduled:1");
    }
}
