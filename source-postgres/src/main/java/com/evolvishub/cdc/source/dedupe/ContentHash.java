package com.evolvishub.cdc.source.dedupe;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A 128-bit hash of a row's content: the first half of its SHA-256. Two rows of different content
 * have the same hash with a probability of 2^-128, and such a pair cannot be constructed.
 *
 * <p>Not thread-safe.
 */
public final class ContentHash {

    public static final int BYTES = 16;

    private final MessageDigest digest;
    private final byte[] full = new byte[32];

    public ContentHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    public byte[] of(byte[] content) {
        digest.update(content);
        try {
            digest.digest(full, 0, full.length);
        } catch (DigestException impossible) {
            throw new IllegalStateException("the buffer has the digest's length", impossible);
        }
        byte[] half = new byte[BYTES];
        System.arraycopy(full, 0, half, 0, BYTES);
        return half;
    }
}
