package com.evolvishub.cdc.testing.pulsar;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Creates the tokens of one broker: JSON Web Tokens, signed with a secret key (HS256). */
final class PulsarTokens {

    /** The role that may do everything. */
    static final String ADMIN = "admin";

    private final byte[] secret;

    private PulsarTokens(byte[] secret) {
        this.secret = secret;
    }

    static PulsarTokens fresh() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new PulsarTokens(secret);
    }

    /** The value of the broker setting {@code tokenSecretKey}. */
    String secretKey() {
        return "data:;base64," + Base64.getEncoder().encodeToString(secret);
    }

    /** Returns a token for this role that does not expire. */
    String of(String role) {
        String head = encoded("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
        String body = encoded(("{\"sub\":\"" + role + "\"}").getBytes(StandardCharsets.UTF_8));
        return head + "." + body + "." + encoded(signature(head + "." + body));
    }

    private byte[] signature(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
