package com.evolvishub.cdc.connectors.redis.deadletter;

import com.evolvishub.cdc.connectors.redis.entry.StreamReader;
import com.evolvishub.cdc.connectors.redis.entry.StreamReader.Found;
import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.KeyVersionIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The dead letters of one pipeline, and the entries of the pipeline's own stream since the oldest
 * of them was written. Reads each stream once and continues from there.
 */
final class RedisDeadLetterLog {

    private static final int PAGE = 100;
    private static final int TAIL_PAGE = 1000;
    private static final String ID = "\\d{1,20}-\\d{1,20}";

    /** Upper bound of the clock difference between a server and a promoted replica. */
    private static final long MAX_CLOCK_DIFFERENCE_MILLIS = 300_000;

    private final RedisSession session;
    private final StreamKeys keys;
    private final String identity;
    private final List<DeadLetterMessage> deadLetters = new ArrayList<>();
    private String lastDeadLetter = "0-0";
    private String lastEntry = "";
    private KeyVersionIndex versions;

    RedisDeadLetterLog(RedisSession session, StreamKeys keys, String identity) {
        this.session = session;
        this.keys = keys;
        this.identity = identity;
        this.versions = new KeyVersionIndex(identity);
    }

    /** Reads the dead letters that were written since the last refresh. */
    void refresh() throws RedisException {
        boolean any = false;
        List<Found> page;
        do {
            page = StreamReader.range(session, keys.deadLetters(), "(" + lastDeadLetter, "+", PAGE);
            for (Found found : page) {
                lastDeadLetter = found.id();
                Optional<DeadLetterMessage> deadLetter = found.deadLetter(identity);
                deadLetter.ifPresent(each -> deadLetters.add(each.withoutPayload()));
                any |= deadLetter.isPresent();
            }
        } while (page.size() == PAGE);
        if (any) {
            // read the stream again: the keys of new dead letters were not searched for
            lastEntry = "";
            versions = new KeyVersionIndex(identity);
            deadLetters.forEach(versions::addDeadLetter);
        }
    }

    /** Dead letters after this one with their payload, oldest first. */
    List<DeadLetterMessage> after(String id, int atMost) throws RedisException {
        List<DeadLetterMessage> result = new ArrayList<>();
        String from = id.isEmpty() ? "-" : "(" + id;
        List<Found> page;
        do {
            page = StreamReader.range(session, keys.deadLetters(), from, "+", PAGE);
            for (Found found : page) {
                from = "(" + found.id();
                if (result.size() < atMost) {
                    found.deadLetter(identity).ifPresent(result::add);
                }
            }
        } while (page.size() == PAGE && result.size() < atMost);
        return result;
    }

    Optional<DeadLetterMessage> find(String id) throws RedisException {
        return id.matches(ID)
                ? StreamReader.range(session, keys.deadLetters(), id, id, 1).stream()
                        .findFirst()
                        .flatMap(found -> found.deadLetter(identity))
                : Optional.empty();
    }

    /**
     * Reads the pipeline's own stream to its end.
     *
     * @return the last entry that was read, or the id after which reading started
     */
    String readTail() throws RedisException {
        if (lastEntry.isEmpty()) {
            lastEntry = start();
        }
        List<Found> page;
        do {
            page = StreamReader.range(session, keys.stream(), "(" + lastEntry, "+", TAIL_PAGE);
            for (Found found : page) {
                lastEntry = found.id();
                versions.addDelivered(found.key(), found.attributes());
            }
        } while (!page.isEmpty());
        return lastEntry;
    }

    /** Entry ids start with the server's time. */
    private String start() {
        String oldest = deadLetters.get(0).id();
        long millis = Long.parseLong(oldest.substring(0, oldest.indexOf('-')));
        return Math.max(0, millis - MAX_CLOCK_DIFFERENCE_MILLIS) + "-0";
    }

    String supersededReason(DeadLetterMessage deadLetter) {
        return versions.supersededReason(deadLetter);
    }

    boolean isDelivered(DeadLetterMessage deadLetter) {
        return versions.isDelivered(deadLetter);
    }
}
