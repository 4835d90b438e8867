package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.progress.Progress;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Binary format of a {@link DeliveryState}. Later builds must read it: a change needs a new
 * version, and old versions stay readable. A schema is written once, however many rows have it.
 */
final class DeliveryStateFormat {

    private static final int VERSION = 4;

    private static final byte ROW = 1;
    private static final byte POLL_STARTED = 2;
    private static final byte POLL_ENDED = 3;

    private DeliveryStateFormat() {}

    static void write(DeliveryState state, DataOutput out) throws IOException {
        out.writeInt(VERSION);
        out.writeLong(state.lastNumber());
        out.writeBoolean(state.destinationAhead());
        text(state.run(), out);
        out.writeLong(state.epoch());
        out.writeLong(state.acknowledgedPoll());
        totals(state.totals(), out);
        ProgressFormat.write(state.acknowledged(), out);
        out.writeLong(state.resendable().above());
        text(state.lossAcceptedByRun(), out);
        state.comparison().write(out);
        List<PipelineElement> elements = new ArrayList<>(state.resendable().rows());
        elements.addAll(state.queue());
        out.writeInt(state.resendable().rows().size());
        Map<RowSchema, Integer> schemas = schemas(elements);
        out.writeInt(schemas.size());
        for (RowSchema schema : schemas.keySet()) {
            RowSchemaFormat.write(schema, out);
        }
        out.writeInt(elements.size());
        RowSchema lastSchema = null;
        int lastSchemaIndex = -1;
        for (PipelineElement element : elements) {
            if (element instanceof ChangeRow row) {
                // usually all rows of a read share one instance: hash it only when it changes
                if (!row.schema().equals(lastSchema)) {
                    lastSchema = row.schema();
                    lastSchemaIndex = schemas.get(lastSchema);
                }
                row(row, lastSchemaIndex, out);
            } else if (element instanceof PollStarted started) {
                out.writeByte(POLL_STARTED);
                out.writeLong(started.poll());
                out.writeInt(schemas.get(started.schema()));
            } else if (element instanceof PollEnded ended) {
                out.writeByte(POLL_ENDED);
                out.writeLong(ended.poll());
                out.writeBoolean(ended.complete());
                instant(ended.asOf(), out);
                out.writeBoolean(ended.provesAbsence());
            }
        }
    }

    private static Map<RowSchema, Integer> schemas(List<PipelineElement> queue) {
        Map<RowSchema, Integer> schemas = new LinkedHashMap<>();
        RowSchema last = null;
        for (PipelineElement element : queue) {
            RowSchema schema = last;
            if (element instanceof ChangeRow row) {
                schema = row.schema();
            } else if (element instanceof PollStarted started) {
                schema = started.schema();
            }
            if (schema != null && !schema.equals(last)) {
                schemas.putIfAbsent(schema, schemas.size());
                last = schema;
            }
        }
        return schemas;
    }

    private static void row(ChangeRow row, int schema, DataOutput out) throws IOException {
        out.writeByte(ROW);
        out.writeByte(code(row.operation()));
        out.writeInt(schema);
        out.writeLong(row.sequence());
        bytes(row.line(), out);
        bytes(row.rowId(), out);
        bytes(row.watermark(), out);
    }

    private static void totals(PipelineTotals totals, DataOutput out) throws IOException {
        out.writeLong(totals.rowsRead());
        out.writeLong(totals.rowsUnchanged());
        out.writeLong(totals.rowsWritten());
        out.writeLong(totals.bytesWritten());
        out.writeLong(totals.nullWatermarks());
        out.writeLong(totals.polls());
        out.writeLong(totals.pollMillis());
        out.writeLong(totals.errors());
        out.writeLong(totals.retries());
        out.writeLong(totals.rowsSkipped());
        out.writeLong(totals.rowsPutAside());
        out.writeLong(totals.extraRows());
        text(totals.watermark(), out);
        optional(totals.lastPoll(), out);
        optional(totals.deliveredAsOf(), out);
    }

    /**
     * @throws IOException if another build wrote it in a format unknown to this one
     */
    static DeliveryState read(DataInput in) throws IOException {
        int version = in.readInt();
        return switch (version) {
            case 1, 2, 3, 4 -> read(in, version);
            default ->
                    throw new IOException(
                            ("cannot restore a delivery written in format %d; this build reads"
                                            + " formats 1 to 4")
                                    .formatted(version));
        };
    }

    private static DeliveryState read(DataInput in, int version) throws IOException {
        long lastNumber = in.readLong();
        boolean destinationAhead = in.readBoolean();
        String run = text(in);
        long epoch = in.readLong();
        long acknowledgedPoll = in.readLong();
        PipelineTotals totals = totals(in, version);
        Optional<Progress> recorded =
                version < 3 ? Optional.empty() : Optional.of(ProgressFormat.read(in));
        long above = version < 3 ? 0 : in.readLong();
        String lossAcceptedByRun = version < 3 ? "" : text(in);
        ReloadComparisonState comparison =
                version < 4 ? ReloadComparisonState.NONE : ReloadComparisonState.read(in);
        int resendable = version < 3 ? 0 : in.readInt();
        List<RowSchema> schemas = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            schemas.add(RowSchemaFormat.read(in, version));
        }
        List<PipelineElement> queue = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            queue.add(element(in, schemas, version));
        }
        List<PipelineElement> pending = queue.subList(resendable, queue.size());
        Progress acknowledged =
                recorded.orElseGet(() -> ProgressFormat.fromQueue(pending, lastNumber));
        return new DeliveryState(
                lastNumber,
                destinationAhead,
                run,
                epoch,
                acknowledgedPoll,
                totals,
                acknowledged,
                new ResendBuffer.Tail(
                        recorded.isPresent() ? above : acknowledged.lastSequence(),
                        queue.subList(0, resendable).stream().map(ChangeRow.class::cast).toList()),
                lossAcceptedByRun,
                comparison,
                pending);
    }

    private static PipelineElement element(DataInput in, List<RowSchema> schemas, int version)
            throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case ROW -> row(in, schemas);
            case POLL_STARTED -> new PollStarted(in.readLong(), schemas.get(in.readInt()));
            case POLL_ENDED ->
                    new PollEnded(
                            in.readLong(),
                            in.readBoolean(),
                            instant(in),
                            version >= 4 && in.readBoolean());
            default -> throw new IOException("no element is written as " + kind);
        };
    }

    private static ChangeRow row(DataInput in, List<RowSchema> schemas) throws IOException {
        Operation operation = operation(in.readByte());
        RowSchema schema = schemas.get(in.readInt());
        long sequence = in.readLong();
        byte[] line = bytes(in);
        byte[] rowId = bytes(in);
        byte[] watermark = bytes(in);
        return ChangeRow.of(operation, schema, line, watermark)
                .withRowId(rowId)
                .withSequence(sequence);
    }

    private static PipelineTotals totals(DataInput in, int version) throws IOException {
        return new PipelineTotals(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                version < 4 ? 0 : in.readLong(),
                version < 4 ? 0 : in.readLong(),
                version < 4 ? 0 : in.readLong(),
                text(in),
                optional(in),
                optional(in));
    }

    private static int code(Operation operation) {
        return switch (operation) {
            case UPSERT -> 0;
            case INSERT -> 1;
            case UPDATE -> 2;
            case DELETE -> 3;
        };
    }

    private static Operation operation(byte code) throws IOException {
        return switch (code) {
            case 0 -> Operation.UPSERT;
            case 1 -> Operation.INSERT;
            case 2 -> Operation.UPDATE;
            case 3 -> Operation.DELETE;
            default -> throw new IOException("no operation is written as " + code);
        };
    }

    private static void optional(Optional<Instant> instant, DataOutput out) throws IOException {
        out.writeBoolean(instant.isPresent());
        if (instant.isPresent()) {
            instant(instant.get(), out);
        }
    }

    private static Optional<Instant> optional(DataInput in) throws IOException {
        return in.readBoolean() ? Optional.of(instant(in)) : Optional.empty();
    }

    private static void instant(Instant instant, DataOutput out) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant instant(DataInput in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    static void text(String text, DataOutput out) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    static String text(DataInput in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static void bytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
