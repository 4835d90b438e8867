package com.evolvishub.cdc.connectors.redis.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settings and replication state of a server. A text is empty if this user may not read it.
 *
 * @param appendOnly {@code yes} or {@code no}
 * @param appendFsync {@code always}, {@code everysec} or {@code no}
 * @param evictionPolicy {@code maxmemory-policy}
 * @param longestValue in bytes
 * @param replicas number of connected replicas; also 0 if this user may not read it
 */
public record RedisServerSettings(
        String appendOnly,
        String appendFsync,
        String evictionPolicy,
        long longestValue,
        int replicas) {

    private static final long DEFAULT_LONGEST_VALUE = 512L << 20;

    public static RedisServerSettings of(RedisSession session) throws RedisException {
        String longest = setting(session, "proto-max-bulk-len");
        return new RedisServerSettings(
                setting(session, "appendonly"),
                setting(session, "appendfsync"),
                setting(session, "maxmemory-policy"),
                longest.isEmpty() ? DEFAULT_LONGEST_VALUE : Long.parseLong(longest),
                replicas(session));
    }

    private static String setting(RedisSession session, String name) throws RedisException {
        Optional<Object> reply = session.tryCall("CONFIG", "GET", name);
        List<Object> pair = reply.map(RedisSession::parts).orElse(List.of());
        return pair.size() == 2 ? RedisSession.text(pair.get(1)) : "";
    }

    private static int replicas(RedisSession session) throws RedisException {
        return replication(session, "connected_slaves").map(Integer::parseInt).orElse(0);
    }

    /** Whether it is a replica, which rejects writes; false if this user may not read it. */
    public static boolean isReplica(RedisSession session) throws RedisException {
        return replication(session, "role").filter("slave"::equals).isPresent();
    }

    private static Optional<String> replication(RedisSession session, String name)
            throws RedisException {
        String head = name + ":";
        return session.tryCall("INFO", "replication").map(RedisSession::text).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(head))
                .map(line -> line.substring(head.length()).strip())
                .findFirst();
    }

    /** What the server may lose after its response, each with a remedy. */
    public List<String> risks() {
        List<String> risks = new ArrayList<>();
        if (appendOnly.isEmpty()) {
            risks.add(
                    "CONFIG GET is not allowed, so whether a crash loses rows could not be looked"
                            + " at");
        } else if (appendOnly.equals("no")) {
            risks.add(
                    "appendonly is off: a crash loses all rows since the last snapshot; set"
                            + " appendonly yes and appendfsync always");
        } else if (!appendFsync.equals("always")) {
            risks.add(
                    "appendfsync is %s: a crash of the machine loses the last rows; set appendfsync always"
                            .formatted(appendFsync));
        }
        if (evictionPolicy.startsWith("allkeys")) {
            risks.add(
                    "maxmemory-policy is %s: when memory is full, streams and the lane's number are thrown away; set noeviction"
                            .formatted(evictionPolicy));
        }
        if (replicas > 0) {
            risks.add(
                    "replicas follow with a delay: a failover loses the rows that the new primary"
                            + " did not have; min-replicas-to-write narrows that");
        }
        return risks;
    }
}
