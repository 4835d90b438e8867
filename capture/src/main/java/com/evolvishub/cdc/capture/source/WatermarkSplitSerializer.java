package com.evolvishub.cdc.capture.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.capture.source.PinnedFloor.Stage;
import com.evolvishub.cdc.planner.physical.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The format that a mapping's position has in checkpoints. */
final class WatermarkSplitSerializer implements SimpleVersionedSerializer<WatermarkSplit> {

    private static final int FORMAT = 5;

    @Override
    public int getVersion() {
        return FORMAT;
    }

    @Override
    public byte[] serialize(WatermarkSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(split.splitId());
        out.writeLong(split.poll());
        out.writeUTF(split.key().from().name());
        writeTexts(split.key().columns(), out);
        writeTexts(split.after().values(), out);
        out.writeUTF(split.readAt());
        out.writeBoolean(split.reading());
        writeTexts(split.range().lower().values(), out);
        out.writeBoolean(split.range().included());
        writeTexts(split.range().resume().values(), out);
        out.writeBoolean(split.range().beyond());
        out.writeUTF(split.lastSync());
        write(split.looks(), out);
        out.writeLong(split.reach().lookbackMillis());
        out.writeLong(split.reach().lookbackValues());
        writeTexts(List.of(split.reach().kept()), out);
        out.writeLong(split.asideAt());
        split.time().write(out);
        writeTexts(split.origin().fingerprint().parts(), out);
        out.writeUTF(split.origin().run());
        writeTexts(split.origin().columns(), out);
        return out.getCopyOfBuffer();
    }

    private static void write(Looks looks, DataOutputSerializer out) throws IOException {
        out.writeUTF(looks.at());
        out.writeLong(looks.atMicros());
        out.writeInt(looks.pins().size());
        for (PinnedFloor pin : looks.pins()) {
            out.writeUTF(pin.virtualId());
            writeTexts(pin.ids(), out);
            writeTexts(List.of(pin.who()), out);
            out.writeLong(pin.since());
            writeTexts(pin.floor().values(), out);
            out.writeBoolean(pin.included());
            out.writeLong(pin.poll());
            out.writeUTF(pin.stage().name());
        }
    }

    @Override
    public WatermarkSplit deserialize(int version, byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        return switch (version) {
            case FORMAT -> read(in);
            default ->
                    throw new IOException(
                            "cannot restore a position written in format %d; this build reads format %d"
                                    .formatted(version, FORMAT));
        };
    }

    private static WatermarkSplit read(DataInputDeserializer in) throws IOException {
        return new WatermarkSplit(
                in.readUTF(),
                in.readLong(),
                new RowKey(RowKey.From.valueOf(in.readUTF()), readTexts(in)),
                new WatermarkPosition(readTexts(in)),
                in.readUTF(),
                in.readBoolean(),
                new PollRange(
                        new WatermarkPosition(readTexts(in)),
                        in.readBoolean(),
                        new WatermarkPosition(readTexts(in)),
                        in.readBoolean()),
                in.readUTF(),
                readLooks(in),
                new Reach(in.readLong(), in.readLong(), readTexts(in).get(0)),
                in.readLong(),
                SourceTime.read(in),
                new Origin(new Fingerprint(readTexts(in)), in.readUTF(), readTexts(in)));
    }

    private static Looks readLooks(DataInputDeserializer in) throws IOException {
        String at = in.readUTF();
        long micros = in.readLong();
        List<PinnedFloor> pins = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            pins.add(
                    new PinnedFloor(
                            in.readUTF(),
                            readTexts(in),
                            readTexts(in).get(0),
                            in.readLong(),
                            new WatermarkPosition(readTexts(in)),
                            in.readBoolean(),
                            in.readLong(),
                            Stage.valueOf(in.readUTF())));
        }
        return new Looks(at, micros, pins);
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
