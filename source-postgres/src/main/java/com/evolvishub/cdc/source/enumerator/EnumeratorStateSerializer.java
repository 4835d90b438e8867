package com.evolvishub.cdc.source.enumerator;

import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes the enumerator's state: whether the split was assigned. */
public final class EnumeratorStateSerializer implements SimpleVersionedSerializer<Boolean> {

    private static final int FORMAT = 1;

    @Override
    public int getVersion() {
        return FORMAT;
    }

    @Override
    public byte[] serialize(Boolean assigned) {
        return new byte[] {(byte) (assigned ? 1 : 0)};
    }

    @Override
    public Boolean deserialize(int version, byte[] bytes) throws IOException {
        return switch (version) {
            case FORMAT -> bytes[0] == 1;
            default ->
                    throw new IOException(
                            "cannot restore an enumerator written in format %d; this build reads format %d"
                                    .formatted(version, FORMAT));
        };
    }
}
