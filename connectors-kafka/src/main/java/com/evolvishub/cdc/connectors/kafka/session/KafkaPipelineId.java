package com.evolvishub.cdc.connectors.kafka.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * How Kafka knows a lane: its transactional id, and its key in the ledger. The same for the same
 * identity, always.
 */
public final class KafkaPipelineId {

    /** What all of them begin with, so that one access rule with a prefix lets them all in. */
    public static final String PREFIX = "evolvishub_cdc:";

    // a tilde is kept for the names that were made shorter
    private static final Pattern PLAIN = Pattern.compile("[!-}]{1,200}");
    private static final Pattern ODD = Pattern.compile("[^!-}]");

    private KafkaPipelineId() {}

    /** The identity itself where it is short and plain, else its beginning and a hash of it. */
    public static String of(String identity) {
        if (PLAIN.matcher(identity).matches()) {
            return PREFIX + identity;
        }
        String readable = ODD.matcher(identity).replaceAll("_");
        return PREFIX
                + readable.substring(0, Math.min(100, readable.length()))
                + "~"
                + hash(identity);
    }

    private static String hash(String identity) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
