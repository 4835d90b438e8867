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
 * Serializes the elements of a lane. A lane is one chained task, so this runs only where somebody
 * breaks the chain; each element then carries its schema.
 */
public final class PipelineElementSerializer extends TypeSerializer<PipelineElement> {
    private static final long serialVersionUID = 1L;

    /** The one instance; it has no state. */
    public static final PipelineElementSerializer INSTANCE = new PipelineElementSerializer();

    static final int FORMAT = 3;

    private static final byte STARTED = 1;
    private static final byte ROW = 2;
    private static final byte ENDED = 3;
    private static final byte RETENTION = 4;
    private static final byte FRONTIER = 5;
    private static final byte COVERAGE = 6;
    private static final byte SECTION = 7;

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
            out.writeByte(STARTED);
            out.writeLong(started.poll());
            RowSchemaSerializer.write(started.schema(), out);
        } else if (element instanceof DedupeWindow retention) {
            out.writeByte(RETENTION);
            out.writeLong(retention.poll());
            out.writeUTF(retention.scale());
            out.writeBoolean(retention.keepAll());
            out.writeLong(retention.lowWatermark());
            out.writeLong(retention.lowWatermarkPoll());
            out.writeLong(retention.distance());
            out.writeLong(retention.position());
        } else if (element instanceof PollPhaseStarted section) {
            out.writeByte(SECTION);
            out.writeLong(section.poll());
            out.writeUTF(section.phase().name());
            out.writeInt(section.keys().size());
            for (byte[] key : section.keys()) {
                write(key, out);
            }
        } else if (element instanceof HighWatermarkCrossed frontier) {
            out.writeByte(FRONTIER);
            out.writeLong(frontier.poll());
        } else if (element instanceof SnapshotIntegrity coverage) {
            out.writeByte(COVERAGE);
            out.writeLong(coverage.poll());
            out.writeBoolean(coverage.locked());
            out.writeUTF(coverage.relationsFingerprint());
            out.writeUTF(coverage.securityFingerprint());
            out.writeBoolean(coverage.securityUnchanged());
        } else {
            PollEnded ended = (PollEnded) element;
            out.writeByte(ENDED);
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
            case STARTED -> new PollStarted(in.readLong(), RowSchemaSerializer.read(in));
            case ROW -> row(in);
            case ENDED ->
                    new PollEnded(
                            in.readLong(),
                            in.readBoolean(),
                            Instant.ofEpochSecond(in.readLong(), in.readInt()),
                            in.readBoolean());
            case RETENTION ->
                    new DedupeWindow(
                            in.readLong(),
                            in.readUTF(),
                            in.readBoolean(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong());
            case SECTION -> section(in);
            case FRONTIER -> new HighWatermarkCrossed(in.readLong());
            case COVERAGE ->
                    new SnapshotIntegrity(
                            in.readLong(),
                            in.readBoolean(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readBoolean());
            default -> throw new IOException("no element of a lane has the kind " + kind);
        };
    }

    private static PollPhaseStarted section(DataInputView in) throws IOException {
        long poll = in.readLong();
        PollPhaseStarted.Phase kind = PollPhaseStarted.Phase.valueOf(in.readUTF());
        List<byte[]> keys = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
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
