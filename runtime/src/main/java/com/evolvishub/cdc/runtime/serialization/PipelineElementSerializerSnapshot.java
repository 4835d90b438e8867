package com.evolvishub.cdc.runtime.serialization;

import com.evolvishub.cdc.runtime.row.PipelineElement;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The format version of serialized pipeline elements; other versions are rejected. */
public final class PipelineElementSerializerSnapshot
        implements TypeSerializerSnapshot<PipelineElement> {

    @Override
    public int getCurrentVersion() {
        return PipelineElementSerializer.FORMAT;
    }

    @Override
    public void writeSnapshot(DataOutputView out) {
        // the version is all that is needed
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader classes)
            throws IOException {
        if (version != PipelineElementSerializer.FORMAT) {
            throw new IOException(
                    "cannot restore elements written in format %d; this build reads format %d"
                            .formatted(version, PipelineElementSerializer.FORMAT));
        }
    }

    @Override
    public TypeSerializer<PipelineElement> restoreSerializer() {
        return PipelineElementSerializer.INSTANCE;
    }

    @Override
    public TypeSerializerSchemaCompatibility<PipelineElement> resolveSchemaCompatibility(
            TypeSerializerSnapshot<PipelineElement> old) {
        return old instanceof PipelineElementSerializerSnapshot
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.incompatible();
    }
}
