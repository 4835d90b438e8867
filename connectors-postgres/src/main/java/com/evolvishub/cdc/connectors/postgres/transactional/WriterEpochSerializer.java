package com.evolvishub.cdc.connectors.postgres.transactional;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes the writer's run and epoch for checkpoints. */
final class WriterEpochSerializer implements SimpleVersionedSerializer<WriterEpoch> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(WriterEpoch writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(writer.run());
        out.writeLong(writer.epoch());
        return bytes.toByteArray();
    }

    @Override
    public WriterEpoch deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "cannot restore the holder of a lane written in format %d; this build reads format %d"
                            .formatted(version, VERSION));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        return new WriterEpoch(in.readUTF(), in.readLong());
    }
}
