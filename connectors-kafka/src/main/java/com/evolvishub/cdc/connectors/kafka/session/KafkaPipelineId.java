package com.evolvishub.cdc.connectors.kafka.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The id of a pipeline in Kafka: its transactional id and its key in the progress topic. Depends
 * only on the pipeline identity.
 */
public final class KafkaPipelineId {

    /** Common prefix of all ids, so that one prefixed ACL allows them all. */
    public static final String PREFIX = "evolvishub_cdc:";

    // the tilde is reserved for shortened names
    private static final Pattern PLAIN = Pattern.compile("[!-}]{1,200}");
    private static final Pattern ODD = Pattern.compile("[^!-}]");

    private KafkaPipelineId() {}

    /** The identity if it is short and printable ASCII, else its beginning and a hash of it. */
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
