package com.evolvishub.cdc.runtime.serialization;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes the elements of a pipeline. A pipeline is one chained task, so this runs only if the
 * chain is broken; each element then carries its schema.
 */
public final class PipelineElementSerializer extends TypeSerializer<PipelineElement> {
    private static final long serialVersionUID = 1L;

    /** The only instance; it has no state. */
    public static final PipelineElementSerializer INSTANCE = new PipelineElementSerializer();

    static final int FORMAT = 3;

    private static final byte POLL_STARTED = 1;
    private static final byte ROW = 2;
    private static final byte POLL_ENDED = 3;
    private static final byte DEDUPE_WINDOW = 4;
    private static final byte HIGH_WATERMARK_CROSSED = 5;
    private static final byte SNAPSHOT_INTEGRITY = 6;
    private static final byte PHASE_STARTED = 7;

    private PipelineElementSerializer() {}

    @Override
    public void serialize(PipelineElement element, DataOutputView out) throws IOException {
        if (element instanceof ChangeRow row) {
            out.writeByte(ROW);
            out.writeUTF(row.operation().name());
            RowSchemaSerializer.write(row.schema(), out);
            write(row.line(), out);
            write(row.rowId(), out);
            write(row.watermark(), out);
            out.writeLong(row.sequence());
        } else if (element instanceof PollStarted started) {
            out.writeByte(POLL_STARTED);
            out.writeLong(started.poll());
            RowSchemaSerializer.write(started.schema(), out);
        } else if (element instanceof DedupeWindow window) {
            out.writeByte(DEDUPE_WINDOW);
            out.writeLong(window.poll());
            out.writeUTF(window.scale());
            out.writeBoolean(window.keepAll());
            out.writeLong(window.lowWatermark());
            out.writeLong(window.lowWatermarkPoll());
            out.writeLong(window.distance());
            out.writeLong(window.position());
        } else if (element instanceof PollPhaseStarted phase) {
            out.writeByte(PHASE_STARTED);
            out.writeLong(phase.poll());
            out.writeUTF(phase.phase().name());
            out.writeInt(phase.keys().size());
            for (byte[] key : phase.keys()) {
                write(key, out);
            }
        } else if (element instanceof HighWatermarkCrossed crossed) {
            out.writeByte(HIGH_WATERMARK_CROSSED);
            out.writeLong(crossed.poll());
        } else if (element instanceof SnapshotIntegrity integrity) {
            out.writeByte(SNAPSHOT_INTEGRITY);
            out.writeLong(integrity.poll());
            out.writeBoolean(integrity.locked());
            out.writeUTF(integrity.relationsFingerprint());
            out.writeUTF(integrity.securityFingerprint());
            out.writeBoolean(integrity.securityUnchanged());
        } else {
            PollEnded ended = (PollEnded) element;
            out.writeByte(POLL_ENDED);
            out.writeLong(ended.poll());
            out.writeBoolean(ended.complete());
            Instant asOf = ended.asOf();
            out.writeLong(asOf.getEpochSecond());
            out.writeInt(asOf.getNano());
            out.writeBoolean(ended.provesAbsence());
        }
    }

    @Override
    public PipelineElement deserialize(DataInputView in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case POLL_STARTED -> new PollStarted(in.readLong(), RowSchemaSerializer.read(in));
            case ROW -> row(in);
            case POLL_ENDED ->
                    new PollEnded(
                            in.readLong(),
                            in.readBoolean(),
                            Instant.ofEpochSecond(in.readLong(), in.readInt()),
                            in.readBoolean());
            case DEDUPE_WINDOW ->
                    new DedupeWindow(
                            in.readLong(),
                            in.readUTF(),
                            in.readBoolean(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong());
            case PHASE_STARTED -> phase(in);
            case HIGH_WATERMARK_CROSSED -> new HighWatermarkCrossed(in.readLong());
            case SNAPSHOT_INTEGRITY ->
                    new SnapshotIntegrity(
                            in.readLong(),
                            in.readBoolean(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readBoolean());
            default -> throw new IOException("no element of a lane has the kind " + kind);
        };
    }

    private static PollPhaseStarted phase(DataInputView in) throws IOException {
        long poll = in.readLong();
        PollPhaseStarted.Phase kind = PollPhaseStarted.Phase.valueOf(in.readUTF());
        List<byte[]> keys = new ArrayList<>();
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            keys.add(read(in));
        }
        return new PollPhaseStarted(poll, kind, keys);
    }

    private static ChangeRow row(DataInputView in) throws IOException {
        Operation operation = Operation.valueOf(in.readUTF());
        RowSchema schema = RowSchemaSerializer.read(in);
        byte[] line = read(in);
        byte[] rowId = read(in);
        byte[] watermark = read(in);
        return ChangeRow.of(operation, schema, line, watermark)
                .withRowId(rowId)
                .withSequence(in.readLong());
    }

    private static void write(byte[] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputView in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<PipelineElement> duplicate() {
        return this;
    }

    @Override
    public PipelineElement createInstance() {
        return new PollEnded(0, false, Instant.EPOCH);
    }

    @Override
    public PipelineElement copy(PipelineElement from) {
        return from;
    }

    @Override
    public PipelineElement copy(PipelineElement from, PipelineElement reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public PipelineElement deserialize(PipelineElement reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PipelineElementSerializer;
    }

    @Override
    public int hashCode() {
        return PipelineElementSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<PipelineElement> snapshotConfiguration() {
        return new PipelineElementSerializerSnapshot();
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
