package com.evolvishub.cdc.flow;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Names the format that elements of a lane were written in; a stranger is refused. */
public final class FlowElementSerializerSnapshot implements TypeSerializerSnapshot<FlowElement> {

    @Override
    public int getCurrentVersion() {
        return FlowElementSerializer.FORMAT;
    }

    @Override
    public void writeSnapshot(DataOutputView out) {
        // the version says it all
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader classes)
            throws IOException {
        if (version != FlowElementSerializer.FORMAT) {
            throw new IOException(
                    "cannot restore elements written in format %d; this build reads format %d"
                            .formatted(version, FlowElementSerializer.FORMAT));
        }
    }

    @Override
    public TypeSerializer<FlowElement> restoreSerializer() {
        return FlowElementSerializer.INSTANCE;
    }

    @Override
    public TypeSerializerSchemaCompatibility<FlowElement> resolveSchemaCompatibility(
            TypeSerializerSnapshot<FlowElement> old) {
        return old instanceof FlowElementSerializerSnapshot
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.incompatible();
    }
}
