package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.serialization.RowSchemaSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes the sent rows on the heap for checkpoints. */
final class SentRowsSerializer {

    private static final int FORMAT = 2;

    private SentRowsSerializer() {}

    static byte[] write(EvictionBound bound, SentRows rows) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        out.writeInt(FORMAT);
        out.writeLong(bound.highest());
        out.writeLong(bound.sentTo());
        out.writeLong(bound.tie());
        bytes(bound.last(), out);
        out.writeInt(bound.polls().size());
        for (EvictionBound.PollStart start : bound.polls()) {
            out.writeLong(start.poll());
            out.writeLong(start.tie());
        }
        out.writeLong(rows.spilledRows());
        DataOutputSerializer hashed = new DataOutputSerializer(1024);
        DataOutputSerializer unhashed = new DataOutputSerializer(1024);
        List<RowSchema> schemas = new ArrayList<>();
        int[] counts = new int[2];
        rows.snapshot(
                (id, row) -> {
                    counts[0]++;
                    unchecked(
                            () -> {
                                bytes(id, hashed);
                                hashed.write(row.toBytes());
                            });
                },
                (row, place, poll) -> {
                    counts[1]++;
                    unchecked(() -> writeUnhashed(row, place, poll, schemas, unhashed));
                });
        section(counts[0], hashed, out);
        out.writeInt(schemas.size());
        for (RowSchema schema : schemas) {
            RowSchemaSerializer.write(schema, out);
        }
        section(counts[1], unhashed, out);
        return out.getCopyOfBuffer();
    }

    private static void writeUnhashed(
            ChangeRow row, long place, long poll, List<RowSchema> schemas, DataOutputSerializer out)
            throws IOException {
        // a read has one schema: the newest rows share one, or two after a change
        if (schemas.isEmpty() || !schemas.get(schemas.size() - 1).equals(row.schema())) {
            schemas.add(row.schema());
        }
        out.writeInt(schemas.size() - 1);
        out.writeLong(place);
        out.writeLong(poll);
        bytes(row.line(), out);
        bytes(row.watermark(), out);
    }

    private static void section(int count, DataOutputSerializer part, DataOutputSerializer out)
            throws IOException {
        out.writeInt(count);
        out.write(part.getSharedBuffer(), 0, part.length());
    }

    static EvictionBound read(byte[] state, SentRows rows) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(state);
        int format = in.readInt();
        if (format != FORMAT) {
            throw new IOException(
                    "cannot restore sent rows written in format %d; this build reads format %d"
                            .formatted(format, FORMAT));
        }
        long highest = in.readLong();
        long sentTo = in.readLong();
        long tie = in.readLong();
        ByteBuffer last = ByteBuffer.wrap(bytes(in));
        List<EvictionBound.PollStart> polls = new ArrayList<>();
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            polls.add(new EvictionBound.PollStart(in.readLong(), in.readLong()));
        }
        rows.restoreSpilled(in.readLong());
        byte[] row = new byte[SentRow.BYTES];
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            byte[] id = bytes(in);
            in.readFully(row);
            rows.restore(id, SentRow.read(row));
        }
        List<RowSchema> schemas = new ArrayList<>();
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            schemas.add(RowSchemaSerializer.read(in));
        }
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            RowSchema schema = schemas.get(in.readInt());
            long place = in.readLong();
            long poll = in.readLong();
            byte[] line = bytes(in);
            ChangeRow unhashed = ChangeRow.of(Operation.UPSERT, schema, line, bytes(in));
            rows.restore(unhashed, place, poll);
        }
        return new EvictionBound(highest, sentTo, tie, last, polls);
    }

    private static void bytes(byte[] bytes, DataOutputSerializer out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void bytes(ByteBuffer buffer, DataOutputSerializer out) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        bytes(bytes, out);
    }

    private static byte[] bytes(DataInputDeserializer in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void unchecked(Write write) {
        try {
            write.run();
        } catch (IOException impossible) {
            throw new IllegalStateException("a buffer in memory takes everything", impossible);
        }
    }
}
