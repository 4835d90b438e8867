package com.evolvishub.cdc.connectors.pulsar.message;

import java.util.Objects;
import java.util.TreeMap;
import org.apache.pulsar.client.api.Message;

/**
 * Rows that are at the destination although a row before them is missing: if the connection breaks
 * during a batch over several partitions, some of its rows arrive. Resending them would duplicate
 * them.
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

    public void add(long sequence, int fingerprint) {
        fingerprints.put(sequence, fingerprint);
    }

    /** Identifies a row independently of the message format. */
    static int fingerprint(String key, String operation, String watermark) {
        return Objects.hash(key == null ? "" : key, operation, watermark);
    }

    /**
     * Removes rows without a gap before them.
     *
     * @param deliveredUpTo all rows up to this one are at the destination
     * @return the last row before the first gap
     */
    public long advance(long deliveredUpTo) {
        long last = deliveredUpTo;
        removeUpTo(last);
        while (!fingerprints.isEmpty() && fingerprints.firstKey() == last + 1) {
            last++;
            fingerprints.pollFirstEntry();
        }
        return last;
    }

    public void removeUpTo(long sequence) {
        fingerprints.headMap(sequence, true).clear();
    }

    public boolean isEmpty() {
        return fingerprints.isEmpty();
    }

    public boolean contains(long sequence) {
        return fingerprints.containsKey(sequence);
    }

    public boolean contains(long sequence, int fingerprint) {
        return Objects.equals(fingerprints.get(sequence), fingerprint);
    }
}
