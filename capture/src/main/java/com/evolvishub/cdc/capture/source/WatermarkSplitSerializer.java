package com.evolvishub.cdc.capture.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The format that a mapping's position has in checkpoints. */
final class WatermarkSplitSerializer implements SimpleVersionedSerializer<WatermarkSplit> {

    private static final int FORMAT = 1;

    @Override
    public int getVersion() {
        return FORMAT;
    }

    @Override
    public byte[] serialize(WatermarkSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(split.splitId());
        out.writeLong(split.poll());
        out.writeBoolean(split.key().decided());
        writeTexts(split.key().columns(), out);
        writeTexts(split.after().values(), out);
        out.writeBoolean(split.reading());
        writeTexts(split.range().lower().values(), out);
        writeTexts(split.range().resume().values(), out);
        out.writeUTF(split.lastSync());
        return out.getCopyOfBuffer();
    }

    @Override
    public WatermarkSplit deserialize(int version, byte[] bytes) throws IOException {
        return switch (version) {
            case FORMAT -> read(new DataInputDeserializer(bytes));
            default ->
                    throw new IOException(
                            "cannot restore a position written in format %d; this build reads format %d"
                                    .formatted(version, FORMAT));
        };
    }

    private static WatermarkSplit read(DataInputDeserializer in) throws IOException {
        String splitId = in.readUTF();
        long poll = in.readLong();
        RowKey key = new RowKey(in.readBoolean(), readTexts(in));
        WatermarkPosition after = new WatermarkPosition(readTexts(in));
        boolean reading = in.readBoolean();
        PollRange range =
                new PollRange(
                        new WatermarkPosition(readTexts(in)), new WatermarkPosition(readTexts(in)));
        return new WatermarkSplit(splitId, poll, key, after, reading, range, in.readUTF());
    }

    /** A key may hold a text of any length; {@code writeUTF} ends at 64 kB. */
    private static void writeTexts(List<String> texts, DataOutputSerializer out)
            throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static List<String> readTexts(DataInputDeserializer in) throws IOException {
        int count = in.readInt();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            texts.add(new String(bytes, UTF_8));
        }
        return texts;
    }
}
