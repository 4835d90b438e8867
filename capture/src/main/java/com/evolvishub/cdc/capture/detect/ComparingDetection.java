package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Compares a read with all rows of the one before. For a diff, what is missing is deleted; for a
 * query that shows what is recent, what is missing is merely forgotten.
 */
final class ComparingDetection implements Detection {

    private static final int SLICE = 2000;

    /** Below that many rows a table may well be emptied. */
    private static final long FEW = 100;

    private final boolean tellsDeletes;
    private final double maxDeleteRatio;
    private final DeleteWhen deleteWhen;
    private DeletionMark mark;
    private boolean forgets = true;
    private final ContentHash hash = new ContentHash();
    private KnownRows rows;
    private Tally tally;
    private ListState<Long> tallyState;
    private KeyRecord keyRecord;
    private RowSchema schema;
    private long doubled;
    private String firstDoubled = "";

    private ComparingDetection(boolean tellsDeletes, double maxDeleteRatio, DeleteWhen deleteWhen) {
        this.tellsDeletes = tellsDeletes;
        this.deleteWhen = deleteWhen;
        this.maxDeleteRatio = maxDeleteRatio;
    }

    static ComparingDetection diff(double maxDeleteRatio, DeleteWhen deleteWhen) {
        return new ComparingDetection(true, maxDeleteRatio, deleteWhen);
    }

    static ComparingDetection query(DeleteWhen deleteWhen) {
        return new ComparingDetection(false, 1, deleteWhen);
    }

    @Override
    public void open(StateInitializationContext context, boolean forgets) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        tallyState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("known-rows-tally", Types.LONG));
        MapState<byte[], byte[]> known =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("known-rows", bytes, bytes));
        MapState<Integer, Integer> slots =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("free-slots", Types.INT, Types.INT));
        keyRecord =
                KeyRecord.restored(
                        context.getOperatorStateStore()
                                .getListState(
                                        new ListStateDescriptor<>("known-rows-key", Types.STRING)));
        if (forgets && tellsDeletes) {
            keyRecord.reset();
        } else if (forgets) {
            known.clear();
            slots.clear();
            tallyState.clear();
        }
        tally = Tally.restored(tallyState.get());
        rows = new KnownRows(known, slots, tally);
        rows.resend(keyRecord.isResending());
    }

    @Override
    public void begin(PollStarted started) throws Exception {
        schema = started.schema();
        if (keyRecord.begin(schema)) {
            rows.clear();
        }
        mark = DeletionMark.of(deleteWhen, schema);
        forgets = true;
        doubled = 0;
        rows.begin(started.poll());
    }

    /** Of a query: rows that it shows no more are remembered while it may reach back to them. */
    @Override
    public void retain(Retention retention) {
        forgets = !retention.everything();
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (tellsDeletes && mark.isOn(row)) {
            // not there, as far as the destination is concerned: the end of the read deletes it
            return false;
        }
        return schema.isKeyed() ? isNewByKey(row, output) : isNewByContent(row, output);
    }

    private boolean isNewByKey(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        byte[] key = CopyText.select(row.line(), schema.key());
        return switch (rows.see(key, hash.of(row.line()))) {
            case NEW -> send(row, Operation.INSERT, output);
            case CHANGED -> send(row, Operation.UPDATE, output);
            case UNCHANGED -> false;
            case DOUBLED -> {
                if (doubled++ == 0) {
                    firstDoubled = new String(key, StandardCharsets.UTF_8);
                }
                yield false;
            }
        };
    }

    private boolean send(ChangeRow row, Operation operation, Consumer<ChangeRow> output) {
        // what is recent may have been sent long ago and forgotten since
        output.accept(mark.applied(row.as(tellsDeletes ? operation : Operation.UPSERT)));
        return true;
    }

    private boolean isNewByContent(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        byte[] content = hash.of(row.line());
        int copy = rows.seeCopy(content);
        if (copy < 0) {
            return false;
        }
        ChangeRow inserted = row.as(Operation.INSERT);
        output.accept(tellsDeletes ? inserted.withRowId(rowId(content, copy)) : inserted);
        return true;
    }

    /** The content's hash and which copy of it: the same after any restart. */
    private static byte[] rowId(byte[] content, int copy) {
        return ByteBuffer.allocate(content.length + Integer.BYTES)
                .put(content)
                .putInt(copy)
                .array();
    }

    @Override
    public Ending end(PollEnded ended) throws Exception {
        if (!ended.complete()) {
            return Ending.PLAIN;
        }
        if (keyRecord.isResending()) {
            keyRecord.completed();
            rows.resend(false);
        }
        long missing = rows.missing();
        long before = rows.knownBefore();
        if (tellsDeletes && before > FEW && missing > maxDeleteRatio * before) {
            return new Stopped(
                    "the read shows %d rows fewer than the %d known before; more than max_delete_ratio (%s) of them would be deleted, so none is. If they are gone for good, raise max_delete_ratio"
                            .formatted(missing, before, maxDeleteRatio));
        }
        return missing > 0 && forgets ? new Sweeping(trouble(), rows.sweep()) : new Told(trouble());
    }

    private String trouble() {
        return doubled == 0
                ? ""
                : "%d rows were left out: another row of the read has the same key (first: %s); the key is none, name another one"
                        .formatted(doubled, firstDoubled);
    }

    private ChangeRow deleted(byte[] key, int copy) {
        return schema.isKeyed()
                ? ChangeRow.of(Operation.DELETE, schema, key, CopyText.EMPTY)
                : ChangeRow.of(Operation.DELETE, schema, CopyText.EMPTY, CopyText.EMPTY)
                        .withRowId(rowId(key, copy));
    }

    @Override
    public long remembered() {
        return tally.known();
    }

    @Override
    public void snapshot() throws Exception {
        tallyState.update(tally.toState());
        keyRecord.snapshot();
    }

    /** Deletes or forgets, slice by slice. */
    private final class Sweeping implements Ending {
        private final String trouble;
        private final KnownRows.Sweep sweep;

        private Sweeping(String trouble, KnownRows.Sweep sweep) {
            this.trouble = trouble;
            this.sweep = sweep;
        }

        @Override
        public boolean slice(Consumer<ChangeRow> output) throws Exception {
            return sweep.slice(
                    SLICE,
                    (key, copy) -> {
                        if (tellsDeletes) {
                            output.accept(deleted(key, copy));
                        }
                    });
        }

        @Override
        public String trouble() {
            return trouble;
        }
    }

    /** Nothing is missing. */
    private record Told(String trouble) implements Ending {

        @Override
        public boolean slice(Consumer<ChangeRow> output) {
            return false;
        }
    }

    /** Too much is missing to believe it. */
    private record Stopped(String trouble) implements Ending {

        @Override
        public boolean slice(Consumer<ChangeRow> output) {
            return false;
        }

        @Override
        public boolean isComplete() {
            return false;
        }
    }
}
