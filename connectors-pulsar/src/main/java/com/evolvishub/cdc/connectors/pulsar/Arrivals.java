package com.evolvishub.cdc.connectors.pulsar;

import java.util.Objects;
import java.util.TreeMap;
import org.apache.pulsar.client.api.Message;

/**
 * Rows that are at the destination although a row before them is not: of a batch over several
 * partitions, some arrive when the connection breaks. Written again they would be there twice.
 */
final class Arrivals {

    private final TreeMap<Long, Integer> fingerprints = new TreeMap<>();

    void add(Message<byte[]> message) {
        add(
                message.getSequenceId(),
                fingerprint(
                        message.getKey(),
                        message.getProperty("op"),
                        message.getProperty("watermark")));
    }

    void add(long number, int fingerprint) {
        fingerprints.put(number, fingerprint);
    }

    /** What tells one row from another, whatever format its message has. */
    static int fingerprint(String key, String operation, String watermark) {
        return Objects.hash(key == null ? "" : key, operation, watermark);
    }

    /**
     * Forgets rows that are followed by no gap.
     *
     * @param done every row up to here is there
     * @return the last row before the first gap
     */
    long settle(long done) {
        long last = done;
        forgetUpTo(last);
        while (!fingerprints.isEmpty() && fingerprints.firstKey() == last + 1) {
            last++;
            fingerprints.pollFirstEntry();
        }
        return last;
    }

    void forgetUpTo(long number) {
        fingerprints.headMap(number, true).clear();
    }

    boolean isEmpty() {
        return fingerprints.isEmpty();
    }

    boolean has(long number) {
        return fingerprints.containsKey(number);
    }

    boolean has(long number, int fingerprint) {
        return Objects.equals(fingerprints.get(number), fingerprint);
    }
}
