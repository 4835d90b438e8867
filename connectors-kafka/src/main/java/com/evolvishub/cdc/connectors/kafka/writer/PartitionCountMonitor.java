package com.evolvishub.cdc.connectors.kafka.writer;

import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a warning when partitions are added to a topic while rows are written to it. The client maps
 * keys to all partitions that it knows, so a key may move to another partition.
 */
public final class PartitionCountMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionCountMonitor.class);

    private final String mapping;
    private final String topic;
    private int known;

    PartitionCountMonitor(String mapping, String topic) {
        this.mapping = mapping;
        this.topic = topic;
    }

    /** Uses the client's metadata; sends no request. */
    void check(Producer<byte[], byte[]> producer) {
        int now = producer.partitionsFor(topic).size();
        if (known != 0 && now > known) {
            LOG.warn(
                    "{}: topic {} has {} partitions now, and had {}: from here on a key may have another partition, where its next versions overtake older ones that are not read yet. Readers that need the order of a key should first read to the end of the {} old partitions; {}",
                    mapping,
                    topic,
                    now,
                    known,
                    known,
                    "or give the mapping a new topic, and load it with --reset " + mapping);
        }
        known = now;
    }
}
