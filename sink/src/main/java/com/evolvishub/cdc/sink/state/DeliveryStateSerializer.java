package com.evolvishub.cdc.sink.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Lets Flink keep a {@link DeliveryState} as an object and encode it in the asynchronous part of a
 * checkpoint. {@link DeliveryStateFormat} defines format and version.
 */
public final class DeliveryStateSerializer extends TypeSerializerSingleton<DeliveryState> {
    private static final long serialVersionUID = 1L;

    public static final DeliveryStateSerializer INSTANCE = new DeliveryStateSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public DeliveryState createInstance() {
        return DeliveryState.NEW;
    }

    @Override
    public DeliveryState copy(DeliveryState from) {
        return from;
    }

    @Override
    public DeliveryState copy(DeliveryState from, DeliveryState reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(DeliveryState state, DataOutputView target) throws IOException {
        DeliveryStateFormat.write(state, target);
    }

    @Override
    public DeliveryState deserialize(DataInputView source) throws IOException {
        return DeliveryStateFormat.read(source);
    }

    @Override
    public DeliveryState deserialize(DeliveryState reuse, DataInputView source) throws IOException {
        return DeliveryStateFormat.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        DeliveryStateFormat.write(DeliveryStateFormat.read(source), target);
    }

    @Override
    public TypeSerializerSnapshot<DeliveryState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stores nothing: each state contains its version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeliveryState> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
