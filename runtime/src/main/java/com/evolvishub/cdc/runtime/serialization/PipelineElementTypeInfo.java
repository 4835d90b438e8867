package com.evolvishub.cdc.runtime.serialization;

import com.evolvishub.cdc.runtime.row.PipelineElement;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a pipeline's stream, so that Flink never uses a generic serializer. */
public final class PipelineElementTypeInfo extends TypeInformation<PipelineElement> {
    private static final long serialVersionUID = 1L;

    /** The only instance. */
    public static final PipelineElementTypeInfo INSTANCE = new PipelineElementTypeInfo();

    private PipelineElementTypeInfo() {}

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<PipelineElement> getTypeClass() {
        return PipelineElement.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<PipelineElement> createSerializer(SerializerConfig config) {
        return PipelineElementSerializer.INSTANCE;
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract in this version of Flink
    public TypeSerializer<PipelineElement> createSerializer(ExecutionConfig config) {
        return PipelineElementSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "FlowElement";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PipelineElementTypeInfo;
    }

    @Override
    public int hashCode() {
        return PipelineElementTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof PipelineElementTypeInfo;
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
