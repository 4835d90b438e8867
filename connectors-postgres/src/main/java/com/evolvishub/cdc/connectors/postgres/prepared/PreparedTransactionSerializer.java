package com.evolvishub.cdc.connectors.postgres.prepared;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes prepared transactions for checkpoints. */
public final class PreparedTransactionSerializer
        implements SimpleVersionedSerializer<PreparedTransaction> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(PreparedTransaction transaction) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(transaction.run());
        out.writeUTF(transaction.gid());
        out.writeUTF(transaction.number());
        return bytes.toByteArray();
    }

    @Override
    public PreparedTransaction deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "cannot restore a prepared transaction written in format %d; this build reads format %d"
                            .formatted(version, VERSION));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        return new PreparedTransaction(in.readUTF(), in.readUTF(), in.readUTF());
    }
}
