package com.evolvishub.cdc.flow;

import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a lane's stream, so that nothing of it ever falls to a generic serializer. */
public final class FlowElementTypeInfo extends TypeInformation<FlowElement> {
    private static final long serialVersionUID = 1L;

    /** The one instance. */
    public static final FlowElementTypeInfo INSTANCE = new FlowElementTypeInfo();

    private FlowElementTypeInfo() {}

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
    public Class<FlowElement> getTypeClass() {
        return FlowElement.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<FlowElement> createSerializer(SerializerConfig config) {
        return FlowElementSerializer.INSTANCE;
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract in this version of Flink
    public TypeSerializer<FlowElement> createSerializer(ExecutionConfig config) {
        return FlowElementSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "FlowElement";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FlowElementTypeInfo;
    }

    @Override
    public int hashCode() {
        return FlowElementTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof FlowElementTypeInfo;
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
