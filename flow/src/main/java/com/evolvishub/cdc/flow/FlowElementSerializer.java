package com.evolvishub.cdc.flow;

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
public final class FlowElementSerializer extends TypeSerializer<FlowElement> {
    private static final long serialVersionUID = 1L;

    /** The one instance; it has no state. */
    public static final FlowElementSerializer INSTANCE = new FlowElementSerializer();

    static final int FORMAT = 3;

    private static final byte STARTED = 1;
    private static final byte ROW = 2;
    private static final byte ENDED = 3;
    private static final byte RETENTION = 4;
    private static final byte FRONTIER = 5;
    private static final byte COVERAGE = 6;
    private static final byte SECTION = 7;

    private FlowElementSerializer() {}

    @Override
    public void serialize(FlowElement element, DataOutputView out) throws IOException {
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
        } else if (element instanceof Retention retention) {
            out.writeByte(RETENTION);
            out.writeLong(retention.poll());
            out.writeUTF(retention.scale());
            out.writeBoolean(retention.everything());
            out.writeLong(retention.floor());
            out.writeLong(retention.floorPoll());
            out.writeLong(retention.window());
            out.writeLong(retention.position());
        } else if (element instanceof Section section) {
            out.writeByte(SECTION);
            out.writeLong(section.poll());
            out.writeUTF(section.kind().name());
            out.writeInt(section.keys().size());
            for (byte[] key : section.keys()) {
                write(key, out);
            }
        } else if (element instanceof Frontier frontier) {
            out.writeByte(FRONTIER);
            out.writeLong(frontier.poll());
        } else if (element instanceof ReadCoverage coverage) {
            out.writeByte(COVERAGE);
            out.writeLong(coverage.poll());
            out.writeBoolean(coverage.locked());
            out.writeUTF(coverage.relations());
            out.writeUTF(coverage.security());
            out.writeBoolean(coverage.settled());
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
    public FlowElement deserialize(DataInputView in) throws IOException {
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
                    new Retention(
                            in.readLong(),
                            in.readUTF(),
                            in.readBoolean(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong());
            case SECTION -> section(in);
            case FRONTIER -> new Frontier(in.readLong());
            case COVERAGE ->
                    new ReadCoverage(
                            in.readLong(),
                            in.readBoolean(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readBoolean());
            default -> throw new IOException("no element of a lane has the kind " + kind);
        };
    }

    private static Section section(DataInputView in) throws IOException {
        long poll = in.readLong();
        Section.Kind kind = Section.Kind.valueOf(in.readUTF());
        List<byte[]> keys = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            keys.add(read(in));
        }
        return new Section(poll, kind, keys);
    }

    private static ChangeRow row(DataInputView in) throws IOException {
        Operation operation = Operation.valueOf(in.readUTF());
        RowSchema schema = RowSchemaSerializer.read(in);
        byte[] line = read(in);
        byte[] rowId = read(in);
        byte[] watermark = read(in);
        return ChangeRow.of(operation, schema, line, watermark)
                .withRowId(rowId)
                .numbered(in.readLong());
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
    public TypeSerializer<FlowElement> duplicate() {
        return this;
    }

    @Override
    public FlowElement createInstance() {
        return new PollEnded(0, false, Instant.EPOCH);
    }

    @Override
    public FlowElement copy(FlowElement from) {
        return from;
    }

    @Override
    public FlowElement copy(FlowElement from, FlowElement reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public FlowElement deserialize(FlowElement reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FlowElementSerializer;
    }

    @Override
    public int hashCode() {
        return FlowElementSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<FlowElement> snapshotConfiguration() {
        return new FlowElementSerializerSnapshot();
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
