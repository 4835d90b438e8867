package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An error reply of the server.
 *
 * @param code its first word, for example {@code WRONGTYPE}
 * @param text the full text including the code, without the location in a script
 */
public record RedisServerError(String code, String text) {

    public static final String NO_SCRIPT = "NOSCRIPT";
    static final String NO_PERMISSION = "NOPERM";

    /** Authentication failed; repeated failures can lock an account. */
    private static final String WRONG_PASSWORD = "WRONGPASS";

    // Redis 6.2 writes the location before the error, Redis 7 after it
    private static final Pattern SCRIPT_HEAD =
            Pattern.compile("^(ERR )?Error running script \\(call to f_[0-9a-f]+\\): ");
    private static final Pattern SCRIPT_LINE = Pattern.compile("^@user_script: ?[0-9]+: ");
    private static final Pattern SCRIPT_TAIL =
            Pattern.compile(
                    ",? script: [0-9a-f]+, on @user_script:[0-9]+\\.?$| at @user_script: line [0-9]+$");
    // within a script, a missing right has no error code of its own
    private static final Pattern RIGHTS =
            Pattern.compile("^The user executing the script can't|^ERR ACL failure in script");
    private static final Pattern CODE = Pattern.compile("^([A-Z]{2,})\\b");

    private static final Map<String, String> TRANSIENT_ERRORS =
            Map.ofEntries(
                    Map.entry("LOADING", "the server is starting"),
                    Map.entry(
                            "READONLY",
                            "it is a replica; after a failover the primary is elsewhere: give the"
                                    + " primary's address, or sentinel_master"),
                    Map.entry("MASTERDOWN", "the replica has lost its primary"),
                    Map.entry("CLUSTERDOWN", "slots of the cluster have no server"),
                    Map.entry("TRYAGAIN", "a slot is just being moved"),
                    Map.entry("ASK", "a slot is just being moved"),
                    Map.entry("BUSY", "somebody's script holds the server"),
                    Map.entry("NOREPLICAS", "fewer replicas follow than min-replicas-to-write"),
                    Map.entry(
                            "OOM",
                            "its memory is full: free some, raise maxmemory, or give max_length"),
                    Map.entry(
                            "MISCONF", "it cannot write its data to disk; its log has the reason"));

    private static final Map<String, String> PERMANENT_ERRORS =
            Map.of(
                    WRONG_PASSWORD,
                    "check username and password",
                    "NOAUTH",
                    "give a password",
                    NO_PERMISSION,
                    "docs/redis-streams.md lists what the user needs",
                    "WRONGTYPE",
                    "a key of another kind has this name; give another table",
                    "CROSSSLOT",
                    "give cluster: true",
                    "DENIED",
                    "the server wants a password or bind addresses of its own");

    /** Parses an error reply. */
    public static RedisServerError of(String message) {
        String text = message == null ? "" : message.strip();
        text = SCRIPT_HEAD.matcher(text).replaceFirst("");
        while (SCRIPT_LINE.matcher(text).find()) {
            text = SCRIPT_LINE.matcher(text).replaceFirst("");
        }
        text = SCRIPT_TAIL.matcher(text).replaceFirst("");
        text = text.startsWith("-") ? text.substring(1) : text;
        if (RIGHTS.matcher(text).find()) {
            return new RedisServerError(NO_PERMISSION, text);
        }
        Matcher code = CODE.matcher(text);
        return new RedisServerError(code.find() ? code.group(1) : "ERR", text);
    }

    /**
     * Whether a retry may succeed.
     *
     * @param cluster whether the file says that the server belongs to a cluster
     */
    FailureKind kind(boolean cluster) {
        boolean outage =
                TRANSIENT_ERRORS.containsKey(code)
                        || (code.equals("MOVED") && cluster)
                        || text.startsWith("ERR max number of clients");
        if (outage) {
            return FailureKind.TRANSIENT;
        }
        return code.equals(WRONG_PASSWORD) ? FailureKind.AUTHENTICATION : FailureKind.PERMANENT;
    }

    /** The text, and a remedy if one is known. */
    String explain(boolean cluster) {
        return advice(cluster).map(advice -> text + ": " + advice).orElse(text);
    }

    private Optional<String> advice(boolean cluster) {
        if (code.equals("MOVED")) {
            return Optional.of(cluster ? "the slot has moved" : "give cluster: true");
        }
        if (text.startsWith("ERR DB index")) {
            return Optional.of("check database");
        }
        if (text.contains("cluster support disabled")) {
            return Optional.of("leave out cluster: true");
        }
        if (text.startsWith("ERR AUTH") && text.contains("without any password")) {
            return Optional.of("leave out password, or set one at the server");
        }
        return Optional.ofNullable(TRANSIENT_ERRORS.get(code))
                .or(() -> Optional.ofNullable(PERMANENT_ERRORS.get(code)));
    }
}
