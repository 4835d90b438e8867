package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.source.dedupe.ContentHash;
import com.evolvishub.cdc.source.dedupe.DetectionStrategy;
import com.evolvishub.cdc.source.dedupe.SoftDeleteMatcher;
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
 * gone is for {@link MissingRowEvaluator} to judge.
 */
public final class FullReadDetection implements DetectionStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(FullReadDetection.class);

    private static final int SLICE = 2000;

    private final boolean detectsDeletes;
    private final DeleteWhen deleteWhen;
    private final DeleteApproval approval;
    private final MissingRowEvaluator evaluator;
    private SoftDeleteMatcher mark;
    private boolean forgets = true;
    private final ContentHash hash = new ContentHash();
    private KnownRows rows;
    private RowCount rowCount;
    private ListState<Long> tallyState;
    private KeyColumnsState keyRecord;
    private ListState<String> historyState;
    private ReadHistory history = ReadHistory.NONE;
    private SnapshotIntegrity integrity = SnapshotIntegrity.unknown(0);
    private RowSchema schema;
    private MissingRowEvaluator.Kind kind = MissingRowEvaluator.Kind.NONE;
    private long unconfirmed;
    private long duplicateKeys;
    private String firstDoubled = "";

    private FullReadDetection(
            boolean tellsDeletes,
            double maxDeleteRatio,
            DeleteWhen deleteWhen,
            DeleteApproval approval) {
        this.detectsDeletes = tellsDeletes;
        this.deleteWhen = deleteWhen;
        this.approval = approval;
        this.evaluator = new MissingRowEvaluator(maxDeleteRatio, approval);
    }

    public static FullReadDetection diff(
            double maxDeleteRatio, DeleteWhen deleteWhen, DeleteApproval approval) {
        return new FullReadDetection(true, maxDeleteRatio, deleteWhen, approval);
    }

    public static FullReadDetection query(DeleteWhen deleteWhen, DeleteApproval approval) {
        return new FullReadDetection(false, 1, deleteWhen, approval);
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
                KeyColumnsState.restored(
                        context.getOperatorStateStore()
                                .getListState(
                                        new ListStateDescriptor<>("known-rows-key", Types.STRING)));
        if (forgets && detectsDeletes) {
            keyRecord.reset();
        } else if (forgets) {
            known.clear();
            slots.clear();
            tallyState.clear();
            historyState.clear();
        }
        rowCount = RowCount.restored(tallyState.get());
        history = ReadHistory.restored(historyState.get());
        rows = new KnownRows(known, slots, rowCount);
        rows.resend(keyRecord.isResending());
    }

    @Override
    public void begin(PollStarted started) throws Exception {
        schema = started.schema();
        if (keyRecord.begin(schema)) {
            rows.clear();
        }
        mark = SoftDeleteMatcher.of(deleteWhen, schema);
        forgets = true;
        duplicateKeys = 0;
        integrity = SnapshotIntegrity.unknown(started.poll());
        if (detectsDeletes) {
            compareKeyTypes();
        }
        rows.begin(started.poll());
    }

    /** Under another type the text of a key may differ: nothing is deleted by its old text. */
    private void compareKeyTypes() throws Exception {
        List<String> types = KeyTypeCompatibility.of(schema);
        List<String> before = history.keyTypes();
        boolean anew = !before.isEmpty() && !KeyTypeCompatibility.haveSameText(before, types);
        if (anew) {
            LOG.warn(
                    "{}: the key's type has changed from {} to {}, so that old and new texts may name one row: the {} rows known are forgotten and all rows are sent again. Rows that were deleted since the last read stay at the destination",
                    approval.mapping(),
                    String.join(", ", before),
                    String.join(", ", types),
                    rowCount.known());
            rows.clear();
        }
        history = history.keyedBy(types, anew || history.rebaselining());
    }

    /** Of a query: rows that it shows no more are remembered while it may reach back to them. */
    @Override
    public void setWindow(DedupeWindow retention) {
        forgets = !retention.keepAll();
    }

    @Override
    public void setIntegrity(SnapshotIntegrity told) {
        integrity = told;
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (detectsDeletes && mark.matches(row)) {
            // not there, as far as the destination is concerned: the end of the read deletes it
            return false;
        }
        return schema.isKeyed() ? isNewByKey(row, output) : isNewByContent(row, output);
    }

    private boolean isNewByKey(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        byte[] key = CopyText.select(row.line(), schema.key());
        return switch (rows.observe(key, hash.of(row.line()))) {
            case NEW -> send(row, Operation.INSERT, output);
            case CHANGED -> send(row, Operation.UPDATE, output);
            case UNCHANGED -> false;
            case DUPLICATE_KEY -> {
                if (duplicateKeys++ == 0) {
                    firstDoubled = new String(key, StandardCharsets.UTF_8);
                }
                yield false;
            }
        };
    }

    private boolean send(ChangeRow row, Operation operation, Consumer<ChangeRow> output) {
        // what is recent may have been sent long ago and forgotten since
        boolean knowsWhich = detectsDeletes && !history.rebaselining();
        output.accept(mark.asDelete(row.withOperation(knowsWhich ? operation : Operation.UPSERT)));
        return true;
    }

    private boolean isNewByContent(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        byte[] content = hash.of(row.line());
        int copy = rows.observeCopy(content);
        if (copy < 0) {
            return false;
        }
        ChangeRow inserted = row.withOperation(Operation.INSERT);
        output.accept(detectsDeletes ? inserted.withRowId(rowId(content, copy)) : inserted);
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
    public PollCompletion end(PollEnded ended) throws Exception {
        if (!ended.complete()) {
            return PollCompletion.PLAIN;
        }
        if (keyRecord.isResending()) {
            keyRecord.completed();
            rows.resend(false);
        }
        MissingRowEvaluator.Verdict verdict =
                detectsDeletes
                        ? evaluator.ofDiff(rows, integrity, history, columns())
                        : evaluator.ofQuery(rows, integrity);
        kind = verdict.kind();
        if (!forgets && kind.forgets()) {
            return new NoDeletesCompletion();
        }
        return switch (kind) {
            case NONE -> new NoDeletesCompletion();
            case UNCONFIRMED -> {
                LOG.info(
                        "{}: the read misses {} known rows; {}",
                        approval.mapping(),
                        rows.missing(),
                        verdict.cause());
                yield new NoDeletesCompletion();
            }
            case STOPPED -> new StopCompletion(verdict, rows.sweepWithoutForgetting());
            case GONE -> new SweepCompletion(rows.sweep());
            case GONE_TWICE -> new SweepCompletion(rows.sweepMissedTwice());
        };
    }

    private String columns() {
        return schema.columns().stream()
                .map(column -> column.name() + " " + column.type().name())
                .collect(Collectors.joining(", "));
    }

    /** The read's end is told: it is the last one now. */
    private void close() {
        unconfirmed = detectsDeletes ? rows.missing() : 0;
        history = evaluator.completeRead(rows, integrity, history, columns(), kind);
    }

    private String warning() {
        return duplicateKeys == 0
                ? ""
                : "%d rows were left out: another row of the read has the same key (first: %s); the key is none, name another one"
                        .formatted(duplicateKeys, firstDoubled);
    }

    private ChangeRow deleted(byte[] key, int copy) {
        return schema.isKeyed()
                ? ChangeRow.of(Operation.DELETE, schema, key, CopyText.EMPTY)
                : ChangeRow.of(Operation.DELETE, schema, CopyText.EMPTY, CopyText.EMPTY)
                        .withRowId(rowId(key, copy));
    }

    @Override
    public long stateRows() {
        return rowCount.known();
    }

    @Override
    public boolean provesAbsence() {
        return detectsDeletes && integrity.locked() && integrity.securityUnchanged();
    }

    @Override
    public long unconfirmedDeletes() {
        return unconfirmed;
    }

    @Override
    public void snapshot() throws Exception {
        tallyState.update(rowCount.toState());
        keyRecord.snapshot();
        historyState.update(history.toState());
    }

    /** Deletes or forgets, slice by slice. */
    private final class SweepCompletion implements PollCompletion {
        private final KnownRows.Sweep sweep;

        private SweepCompletion(KnownRows.Sweep sweep) {
            this.sweep = sweep;
        }

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) throws Exception {
            boolean more =
                    sweep.slice(
                            SLICE,
                            (key, copy) -> {
                                if (detectsDeletes) {
                                    output.accept(deleted(key, copy));
                                }
                            });
            if (!more) {
                close();
            }
            return more;
        }

        @Override
        public String warning() {
            return FullReadDetection.this.warning();
        }
    }

    /** Nothing is to be deleted. */
    private final class NoDeletesCompletion implements PollCompletion {

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) {
            close();
            return false;
        }

        @Override
        public String warning() {
            return FullReadDetection.this.warning();
        }
    }

    /** What is missing must not be deleted; looks for the first keys, to name them. */
    private final class StopCompletion implements PollCompletion {
        private static final int NAMED = 5;

        private final MissingRowEvaluator.Verdict verdict;
        private final KnownRows.Sweep sweep;
        private final List<String> first = new ArrayList<>();

        private StopCompletion(MissingRowEvaluator.Verdict verdict, KnownRows.Sweep sweep) {
            this.verdict = verdict;
            this.sweep = sweep;
        }

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) throws Exception {
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
        public String warning() {
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
