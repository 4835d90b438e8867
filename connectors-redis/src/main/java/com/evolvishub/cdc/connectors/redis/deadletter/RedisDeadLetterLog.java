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
 * One lane's letters in the stream of dead letters, and what the lane's own stream holds since the
 * oldest of them was put there. Each stream is read once, and from there on.
 */
final class RedisDeadLetterLog {

    private static final int PAGE = 100;
    private static final int TAIL_PAGE = 1000;
    private static final String ID = "\\d{1,20}-\\d{1,20}";

    /** By so much the clocks of a server and of the replica that takes its place may differ. */
    private static final long CLOCKS_DIFFER = 300_000;

    private final RedisSession session;
    private final StreamKeys keys;
    private final String identity;
    private final List<DeadLetterMessage> heads = new ArrayList<>();
    private String lastLetter = "0-0";
    private String lastEntry = "";
    private KeyVersionIndex versions;

    RedisDeadLetterLog(RedisSession session, StreamKeys keys, String identity) {
        this.session = session;
        this.keys = keys;
        this.identity = identity;
        this.versions = new KeyVersionIndex(identity);
    }

    /** Reads what came to the dead letters since the last look. */
    void refresh() throws RedisException {
        boolean any = false;
        List<Found> page;
        do {
            page = StreamReader.range(session, keys.deadLetters(), "(" + lastLetter, "+", PAGE);
            for (Found found : page) {
                lastLetter = found.id();
                Optional<DeadLetterMessage> letter = found.letter(identity);
                letter.ifPresent(each -> heads.add(each.withoutPayload()));
                any |= letter.isPresent();
            }
        } while (page.size() == PAGE);
        if (any) {
            // keys that were not looked for before
            lastEntry = "";
            versions = new KeyVersionIndex(identity);
            heads.forEach(versions::addDeadLetter);
        }
    }

    /** Letters behind this one with their content, oldest first. */
    List<DeadLetterMessage> after(String id, int atMost) throws RedisException {
        List<DeadLetterMessage> letters = new ArrayList<>();
        String from = id.isEmpty() ? "-" : "(" + id;
        List<Found> page;
        do {
            page = StreamReader.range(session, keys.deadLetters(), from, "+", PAGE);
            for (Found found : page) {
                from = "(" + found.id();
                if (letters.size() < atMost) {
                    found.letter(identity).ifPresent(letters::add);
                }
            }
        } while (page.size() == PAGE && letters.size() < atMost);
        return letters;
    }

    Optional<DeadLetterMessage> find(String id) throws RedisException {
        return id.matches(ID)
                ? StreamReader.range(session, keys.deadLetters(), id, id, 1).stream()
                        .findFirst()
                        .flatMap(found -> found.letter(identity))
                : Optional.empty();
    }

    /**
     * Reads the lane's own stream up to its end.
     *
     * @return the last entry that was read, or the id behind which reading began
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

    /** Ids of entries begin with the server's time. */
    private String start() {
        String oldest = heads.get(0).id();
        long millis = Long.parseLong(oldest.substring(0, oldest.indexOf('-')));
        return Math.max(0, millis - CLOCKS_DIFFER) + "-0";
    }

    String supersededReason(DeadLetterMessage letter) {
        return versions.supersededReason(letter);
    }

    boolean isDelivered(DeadLetterMessage letter) {
        return versions.isDelivered(letter);
    }
}
