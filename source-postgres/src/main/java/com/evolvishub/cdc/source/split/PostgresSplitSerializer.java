package com.evolvishub.cdc.source.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark.Stage;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes a mapping's position for checkpoints. */
public final class PostgresSplitSerializer implements SimpleVersionedSerializer<PostgresSplit> {

    private static final int FORMAT = 5;

    @Override
    public int getVersion() {
        return FORMAT;
    }

    @Override
    public byte[] serialize(PostgresSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(split.splitId());
        out.writeLong(split.poll());
        out.writeUTF(split.key().decidedBy().name());
        writeTexts(split.key().columns(), out);
        writeTexts(split.highWatermark().values(), out);
        out.writeUTF(split.readAt());
        out.writeBoolean(split.pollInProgress());
        writeTexts(split.range().lower().values(), out);
        out.writeBoolean(split.range().lowerIncluded());
        writeTexts(split.range().resume().values(), out);
        out.writeBoolean(split.range().aboveHighWatermark());
        out.writeUTF(split.lastSync());
        write(split.transactions(), out);
        out.writeLong(split.lookbackWindow().lookbackMillis());
        out.writeLong(split.lookbackWindow().lookbackValues());
        writeTexts(List.of(split.lookbackWindow().notBelow()), out);
        out.writeLong(split.nullWatermarkRowsAt());
        split.time().write(out);
        writeTexts(split.provenance().fingerprint().parts(), out);
        out.writeUTF(split.provenance().run());
        writeTexts(split.provenance().columns(), out);
        return out.getCopyOfBuffer();
    }

    private static void write(TransactionTracker tracker, DataOutputSerializer out)
            throws IOException {
        out.writeUTF(tracker.asOf());
        out.writeLong(tracker.asOfMicros());
        out.writeInt(tracker.pins().size());
        for (PinnedLowWatermark pin : tracker.pins()) {
            out.writeUTF(pin.virtualId());
            writeTexts(pin.ids(), out);
            writeTexts(List.of(pin.description()), out);
            out.writeLong(pin.since());
            writeTexts(pin.lowWatermark().values(), out);
            out.writeBoolean(pin.included());
            out.writeLong(pin.poll());
            out.writeUTF(pin.stage().name());
        }
    }

    @Override
    public PostgresSplit deserialize(int version, byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        return switch (version) {
            case FORMAT -> read(in);
            default ->
                    throw new IOException(
                            "cannot restore a position written in format %d; this build reads format %d"
                                    .formatted(version, FORMAT));
        };
    }

    private static PostgresSplit read(DataInputDeserializer in) throws IOException {
        return new PostgresSplit(
                in.readUTF(),
                in.readLong(),
                new RowKey(RowKey.DecidedBy.valueOf(in.readUTF()), readTexts(in)),
                new WatermarkPosition(readTexts(in)),
                in.readUTF(),
                in.readBoolean(),
                new PollRange(
                        new WatermarkPosition(readTexts(in)),
                        in.readBoolean(),
                        new WatermarkPosition(readTexts(in)),
                        in.readBoolean()),
                in.readUTF(),
                readTransactions(in),
                new LookbackWindow(in.readLong(), in.readLong(), readTexts(in).get(0)),
                in.readLong(),
                SourceTimeState.read(in),
                new SplitProvenance(
                        new PipelineFingerprint(readTexts(in)), in.readUTF(), readTexts(in)));
    }

    private static TransactionTracker readTransactions(DataInputDeserializer in)
            throws IOException {
        String asOf = in.readUTF();
        long asOfMicros = in.readLong();
        List<PinnedLowWatermark> pins = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            pins.add(
                    new PinnedLowWatermark(
                            in.readUTF(),
                            readTexts(in),
                            readTexts(in).get(0),
                            in.readLong(),
                            new WatermarkPosition(readTexts(in)),
                            in.readBoolean(),
                            in.readLong(),
                            Stage.valueOf(in.readUTF())));
        }
        return new TransactionTracker(asOf, asOfMicros, pins);
    }

    /** Texts such as keys may be of any length; {@code writeUTF} is limited to 64 kB. */
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
