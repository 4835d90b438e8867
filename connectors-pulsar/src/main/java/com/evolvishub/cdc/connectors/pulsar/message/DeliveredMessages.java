package com.evolvishub.cdc.connectors.pulsar.message;

import java.util.Objects;
import java.util.TreeMap;
import org.apache.pulsar.client.api.Message;

/**
 * Rows that are at the destination although a row before them is not: of a batch over several
 * partitions, some arrive when the connection breaks. Written again they would be there twice.
 */
public final class DeliveredMessages {

    private final TreeMap<Long, Integer> fingerprints = new TreeMap<>();

    public void add(Message<byte[]> message) {
        add(
                message.getSequenceId(),
                fingerprint(
                        message.getKey(),
                        message.getProperty("op"),
                        message.getProperty("watermark")));
    }

    public void add(long number, int fingerprint) {
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
    public long advance(long done) {
        long last = done;
        forgetUpTo(last);
        while (!fingerprints.isEmpty() && fingerprints.firstKey() == last + 1) {
            last++;
            fingerprints.pollFirstEntry();
        }
        return last;
    }

    public void forgetUpTo(long number) {
        fingerprints.headMap(number, true).clear();
    }

    public boolean isEmpty() {
        return fingerprints.isEmpty();
    }

    public boolean contains(long number) {
        return fingerprints.containsKey(number);
    }

    public boolean contains(long number, int fingerprint) {
        return Objects.equals(fingerprints.get(number), fingerprint);
    }
}
