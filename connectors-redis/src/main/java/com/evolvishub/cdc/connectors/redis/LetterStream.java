package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.connectors.redis.StreamReads.Found;
import com.evolvishub.cdc.delivery.BusLetter;
import com.evolvishub.cdc.delivery.LaterVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One lane's letters in the stream of dead letters, and what the lane's own stream holds since the
 * oldest of them was put there. Each stream is read once, and from there on.
 */
final class LetterStream {

    private static final int PAGE = 100;
    private static final int TAIL_PAGE = 1000;
    private static final String ID = "\\d{1,20}-\\d{1,20}";

    /** By so much the clocks of a server and of the replica that takes its place may differ. */
    private static final long CLOCKS_DIFFER = 300_000;

    private final RedisSession session;
    private final StreamKeys keys;
    private final String identity;
    private final List<BusLetter> heads = new ArrayList<>();
    private String lastLetter = "0-0";
    private String lastEntry = "";
    private LaterVersions versions;

    LetterStream(RedisSession session, StreamKeys keys, String identity) {
        this.session = session;
        this.keys = keys;
        this.identity = identity;
        this.versions = new LaterVersions(identity);
    }

    /** Reads what came to the dead letters since the last look. */
    void refresh() throws RedisFailure {
        boolean any = false;
        List<Found> page;
        do {
            page = StreamReads.range(session, keys.deadLetters(), "(" + lastLetter, "+", PAGE);
            for (Found found : page) {
                lastLetter = found.id();
                Optional<BusLetter> letter = found.letter(identity);
                letter.ifPresent(each -> heads.add(each.head()));
                any |= letter.isPresent();
            }
        } while (page.size() == PAGE);
        if (any) {
            // keys that were not looked for before
            lastEntry = "";
            versions = new LaterVersions(identity);
            heads.forEach(versions::letter);
        }
    }

    /** Letters behind this one with their content, oldest first. */
    List<BusLetter> after(String id, int atMost) throws RedisFailure {
        List<BusLetter> letters = new ArrayList<>();
        String from = id.isEmpty() ? "-" : "(" + id;
        List<Found> page;
        do {
            page = StreamReads.range(session, keys.deadLetters(), from, "+", PAGE);
            for (Found found : page) {
                from = "(" + found.id();
                if (letters.size() < atMost) {
                    found.letter(identity).ifPresent(letters::add);
                }
            }
        } while (page.size() == PAGE && letters.size() < atMost);
        return letters;
    }

    Optional<BusLetter> find(String id) throws RedisFailure {
        return id.matches(ID)
                ? StreamReads.range(session, keys.deadLetters(), id, id, 1).stream()
                        .findFirst()
                        .flatMap(found -> found.letter(identity))
                : Optional.empty();
    }

    /**
     * Reads the lane's own stream up to its end.
     *
     * @return the last entry that was read, or the id behind which reading began
     */
    String readTail() throws RedisFailure {
        if (lastEntry.isEmpty()) {
            lastEntry = start();
        }
        List<Found> page;
        do {
            page = StreamReads.range(session, keys.stream(), "(" + lastEntry, "+", TAIL_PAGE);
            for (Found found : page) {
                lastEntry = found.id();
                versions.delivered(found.key(), found.attributes());
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

    String newerThan(BusLetter letter) {
        return versions.newerThan(letter);
    }

    boolean isThere(BusLetter letter) {
        return versions.isThere(letter);
    }
}
