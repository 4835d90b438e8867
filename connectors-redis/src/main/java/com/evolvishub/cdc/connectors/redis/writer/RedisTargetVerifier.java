package com.evolvishub.cdc.connectors.redis.writer;

import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import java.util.List;
import java.util.Optional;

/**
 * Detects whether the stream that rows were delivered to was deleted and recreated: a stream's last
 * generated entry id never decreases, whatever is trimmed or deleted.
 */
final class RedisTargetVerifier {

    /** Target identity of every stream that holds rows. */
    static final String IDENTITY = "stream";

    private final StreamKeys keys;
    private final String mapping;

    RedisTargetVerifier(StreamKeys keys, String mapping) {
        this.keys = keys;
        this.mapping = mapping;
    }

    /**
     * Checks that the stream's last id is at least the one in the pipeline's progress record.
     *
     * @param last id of the last entry that was written; empty: none
     * @param sequence of the last row that was acknowledged
     */
    void verify(RedisSession session, String last, long sequence)
            throws RedisException, RowsLostException {
        Optional<String> reason = replacedReason(session, last);
        if (reason.isPresent()) {
            throw RowsLostException.of(1, sequence, reason.get(), mapping);
        }
    }

    /** Whether the existing stream is not the one that this entry was written to. */
    boolean isReplaced(RedisSession session, String last) throws RedisException {
        return replacedReason(session, last).isPresent();
    }

    private Optional<String> replacedReason(RedisSession session, String last)
            throws RedisException {
        if (last.isEmpty()) {
            return Optional.empty();
        }
        if (!session.call("EXISTS", keys.stream()).equals(1L)) {
            return Optional.of("stream %s does not exist".formatted(keys.stream()));
        }
        String found = lastGenerated(session);
        return compare(found, last) < 0
                ? Optional.of(
                        "stream %s ends at entry %s, and rows were written up to entry %s: it was deleted and made anew"
                                .formatted(keys.stream(), found, last))
                : Optional.empty();
    }

    private String lastGenerated(RedisSession session) throws RedisException {
        List<Object> parts = RedisSession.parts(session.call("XINFO", "STREAM", keys.stream()));
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            if (RedisSession.text(parts.get(i)).equals("last-generated-id")) {
                return RedisSession.text(parts.get(i + 1));
            }
        }
        return "0-0";
    }

    /** Entry ids are two unsigned numbers: milliseconds, and a counter within them. */
    static int compare(String one, String other) {
        int dash = one.indexOf('-');
        int otherDash = other.indexOf('-');
        int millis =
                Long.compareUnsigned(
                        Long.parseUnsignedLong(one.substring(0, dash)),
                        Long.parseUnsignedLong(other.substring(0, otherDash)));
        return millis != 0
                ? millis
                : Long.compareUnsigned(
                        Long.parseUnsignedLong(one.substring(dash + 1)),
                        Long.parseUnsignedLong(other.substring(otherDash + 1)));
    }
}
