package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.ReadCoverage;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a read with all rows of the one before. For a diff, what is missing is deleted; for a
 * query that shows what is recent, what is missing is merely forgotten. Whether what is missing is
 * gone is for {@link MissingRows} to judge.
 */
final class ComparingDetection implements Detection {

    private static final Logger LOG = LoggerFactory.getLogger(ComparingDetection.class);

    private static final int SLICE = 2000;

    private final boolean tellsDeletes;
    private final DeleteWhen deleteWhen;
    private final DeleteApproval approval;
    private final MissingRows judge;
    private DeletionMark mark;
    private boolean forgets = true;
    private final ContentHash hash = new ContentHash();
    private KnownRows rows;
    private Tally tally;
    private ListState<Long> tallyState;
    private KeyRecord keyRecord;
    private ListState<String> historyState;
    private ReadHistory history = ReadHistory.NONE;
    private ReadCoverage coverage = ReadCoverage.unknown(0);
    private RowSchema schema;
    private MissingRows.Kind kind = MissingRows.Kind.NONE;
    private long unconfirmed;
    private long doubled;
    private String firstDoubled = "";

    private ComparingDetection(
            boolean tellsDeletes,
            double maxDeleteRatio,
            DeleteWhen deleteWhen,
            DeleteApproval approval) {
        this.tellsDeletes = tellsDeletes;
        this.deleteWhen = deleteWhen;
        this.approval = approval;
        this.judge = new MissingRows(maxDeleteRatio, approval);
    }

    static ComparingDetection diff(
            double maxDeleteRatio, DeleteWhen deleteWhen, DeleteApproval approval) {
        return new ComparingDetection(true, maxDeleteRatio, deleteWhen, approval);
    }

    static ComparingDetection query(DeleteWhen deleteWhen, DeleteApproval approval) {
        return new ComparingDetection(false, 1, deleteWhen, approval);
    }

    @Override
    public void open(StateInitializationContext context, boolean forgets) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        tallyState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("known-rows-tally", Types.LONG));
        historyState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("read-history", Types.STRING));
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
            historyState.clear();
        }
        tally = Tally.restored(tallyState.get());
        history = ReadHistory.restored(historyState.get());
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
        coverage = ReadCoverage.unknown(started.poll());
        if (tellsDeletes) {
            compareKeyTypes();
        }
        rows.begin(started.poll());
    }

    /** Under another type the text of a key may differ: nothing is deleted by its old text. */
    private void compareKeyTypes() throws Exception {
        List<String> types = KeyTypes.of(schema);
        List<String> before = history.keyTypes();
        boolean anew = !before.isEmpty() && !KeyTypes.keepTexts(before, types);
        if (anew) {
            LOG.warn(
                    "{}: the key's type has changed from {} to {}, so that old and new texts may name one row: the {} rows known are forgotten and all rows are sent again. Rows that were deleted since the last read stay at the destination",
                    approval.mapping(),
                    String.join(", ", before),
                    String.join(", ", types),
                    tally.known());
            rows.clear();
        }
        history = history.keyedBy(types, anew || history.rebaselining());
    }

    /** Of a query: rows that it shows no more are remembered while it may reach back to them. */
    @Override
    public void retain(Retention retention) {
        forgets = !retention.everything();
    }

    @Override
    public void cover(ReadCoverage told) {
        coverage = told;
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
        boolean knowsWhich = tellsDeletes && !history.rebaselining();
        output.accept(mark.applied(row.as(knowsWhich ? operation : Operation.UPSERT)));
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
        MissingRows.Verdict verdict =
                tellsDeletes
                        ? judge.ofDiff(rows, coverage, history, columns())
                        : judge.ofQuery(rows, coverage);
        kind = verdict.kind();
        if (!forgets && kind.forgets()) {
            return new Told();
        }
        return switch (kind) {
            case NONE -> new Told();
            case UNCONFIRMED -> {
                LOG.info(
                        "{}: the read misses {} known rows; {}",
                        approval.mapping(),
                        rows.missing(),
                        verdict.cause());
                yield new Told();
            }
            case STOPPED -> new Stopping(verdict, rows.look());
            case GONE -> new Sweeping(rows.sweep());
            case GONE_TWICE -> new Sweeping(rows.sweepMissedTwice());
        };
    }

    private String columns() {
        return schema.columns().stream()
                .map(column -> column.name() + " " + column.type().name())
                .collect(Collectors.joining(", "));
    }

    /** The read's end is told: it is the last one now. */
    private void close() {
        unconfirmed = tellsDeletes ? rows.missing() : 0;
        history = judge.closing(rows, coverage, history, columns(), kind);
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
    public boolean provesAbsence() {
        return tellsDeletes && coverage.locked() && coverage.settled();
    }

    @Override
    public long unconfirmed() {
        return unconfirmed;
    }

    @Override
    public void snapshot() throws Exception {
        tallyState.update(tally.toState());
        keyRecord.snapshot();
        historyState.update(history.toState());
    }

    /** Deletes or forgets, slice by slice. */
    private final class Sweeping implements Ending {
        private final KnownRows.Sweep sweep;

        private Sweeping(KnownRows.Sweep sweep) {
            this.sweep = sweep;
        }

        @Override
        public boolean slice(Consumer<ChangeRow> output) throws Exception {
            boolean more =
                    sweep.slice(
                            SLICE,
                            (key, copy) -> {
                                if (tellsDeletes) {
                                    output.accept(deleted(key, copy));
                                }
                            });
            if (!more) {
                close();
            }
            return more;
        }

        @Override
        public String trouble() {
            return ComparingDetection.this.trouble();
        }
    }

    /** Nothing is to be deleted. */
    private final class Told implements Ending {

        @Override
        public boolean slice(Consumer<ChangeRow> output) {
            close();
            return false;
        }

        @Override
        public String trouble() {
            return ComparingDetection.this.trouble();
        }
    }

    /** What is missing must not be deleted; looks for the first keys, to name them. */
    private final class Stopping implements Ending {
        private static final int NAMED = 5;

        private final MissingRows.Verdict verdict;
        private final KnownRows.Sweep sweep;
        private final List<String> first = new ArrayList<>();

        private Stopping(MissingRows.Verdict verdict, KnownRows.Sweep sweep) {
            this.verdict = verdict;
            this.sweep = sweep;
        }

        @Override
        public boolean slice(Consumer<ChangeRow> output) throws Exception {
            boolean more = schema.isKeyed() && sweep.slice(SLICE, (key, copy) -> name(key));
            boolean ends = !more || first.size() == NAMED;
            if (ends) {
                unconfirmed = 0;
                rows.endRead();
            }
            return !ends;
        }

        private void name(byte[] key) {
            if (first.size() < NAMED) {
                first.add(new String(key, StandardCharsets.UTF_8).replace('\t', ' '));
            }
        }

        @Override
        public String trouble() {
            String keys =
                    first.isEmpty() ? "" : " (first keys: %s)".formatted(String.join(", ", first));
            return verdict.cause() + keys + ". " + verdict.advice();
        }

        @Override
        public boolean isComplete() {
            return false;
        }
    }
}
