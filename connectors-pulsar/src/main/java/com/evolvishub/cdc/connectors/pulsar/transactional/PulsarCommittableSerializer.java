package com.evolvishub.cdc.connectors.pulsar.transactional;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes committables for a checkpoint. */
final class PulsarCommittableSerializer implements SimpleVersionedSerializer<PulsarCommittable> {

    // version 1 was the format of Flink's own sink
    private static final int VERSION = 2;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(PulsarCommittable transaction) {
        return ByteBuffer.allocate(5 * Long.BYTES)
                .putLong(transaction.most())
                .putLong(transaction.least())
                .putLong(transaction.first())
                .putLong(transaction.last())
                .putLong(transaction.end())
                .array();
    }

    @Override
    public PulsarCommittable deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION || serialized.length != 5 * Long.BYTES) {
            throw new IOException(
                    "cannot restore a transaction of Pulsar's written in format %d; this build reads format %d"
                            .formatted(version, VERSION));
        }
        ByteBuffer in = ByteBuffer.wrap(serialized);
        return new PulsarCommittable(
                in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
