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
 * Compares a full read with all rows of the previous one. For a diff, missing rows are deleted; for
 * a query that returns recent rows, missing rows are evicted from the state. {@link
 * MissingRowEvaluator} decides whether missing rows are deleted at the source.
 */
public final class FullReadDetection implements DetectionStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(FullReadDetection.class);

    private static final int SLICE = 2000;

    private final boolean detectsDeletes;
    private final DeleteWhen deleteWhen;
    private final DeleteApproval approval;
    private final MissingRowEvaluator evaluator;
    private SoftDeleteMatcher softDeletes;
    private boolean evictsMissing = true;
    private final ContentHash hash = new ContentHash();
    private KnownRows rows;
    private RowCount rowCount;
    private ListState<Long> rowCountState;
    private KeyColumnsState keyColumns;
    private ListState<String> historyState;
    private ReadHistory history = ReadHistory.NONE;
    private SnapshotIntegrity integrity = SnapshotIntegrity.unknown(0);
    private RowSchema schema;
    private MissingRowEvaluator.Kind kind = MissingRowEvaluator.Kind.NONE;
    private long unconfirmed;
    private long duplicateKeys;
    private String firstDuplicate = "";

    private FullReadDetection(
            boolean detectsDeletes,
            double maxDeleteRatio,
            DeleteWhen deleteWhen,
            DeleteApproval approval) {
        this.detectsDeletes = detectsDeletes;
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
    public void open(StateInitializationContext context, boolean discardsState) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        rowCountState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("known-rows-tally", Types.LONG));
        historyState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("read-history", Types.STRING));
        MapState<byte[], byte[]> knownRows =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("known-rows", bytes, bytes));
        MapState<Integer, Integer> freeSlots =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("free-slots", Types.INT, Types.INT));
        keyColumns =
                KeyColumnsState.restored(
                        context.getOperatorStateStore()
                                .getListState(
                                        new ListStateDescriptor<>("known-rows-key", Types.STRING)));
        if (discardsState && detectsDeletes) {
            keyColumns.reset();
        } else if (discardsState) {
            knownRows.clear();
            freeSlots.clear();
            rowCountState.clear();
            historyState.clear();
        }
        rowCount = RowCount.restored(rowCountState.get());
        history = ReadHistory.restored(historyState.get());
        rows = new KnownRows(knownRows, freeSlots, rowCount);
        rows.resend(keyColumns.isResending());
    }

    @Override
    public void begin(PollStarted started) throws Exception {
        schema = started.schema();
        if (keyColumns.begin(schema)) {
            rows.clear();
        }
        softDeletes = SoftDeleteMatcher.of(deleteWhen, schema);
        evictsMissing = true;
        duplicateKeys = 0;
        integrity = SnapshotIntegrity.unknown(started.poll());
        if (detectsDeletes) {
            compareKeyTypes();
        }
        rows.begin(started.poll());
    }

    /**
     * Under another type the text of a key may differ, so no row is deleted because of its old
     * text.
     */
    private void compareKeyTypes() throws Exception {
        List<String> types = KeyTypeCompatibility.of(schema);
        List<String> keyTypesBefore = history.keyTypes();
        boolean rebaselines =
                !keyTypesBefore.isEmpty()
                        && !KeyTypeCompatibility.haveSameText(keyTypesBefore, types);
        if (rebaselines) {
            LOG.warn(
                    "{}: the key's type has changed from {} to {}, so that old and new texts may name one row: the {} rows known are forgotten and all rows are sent again. Rows that were deleted since the last read stay at the destination",
                    approval.mapping(),
                    String.join(", ", keyTypesBefore),
                    String.join(", ", types),
                    rowCount.known());
            rows.clear();
        }
        history = history.keyedBy(types, rebaselines || history.rebaselining());
    }

    /** For a query: rows that it no longer returns are kept while it may read them again. */
    @Override
    public void setWindow(DedupeWindow window) {
        evictsMissing = !window.keepAll();
    }

    @Override
    public void setIntegrity(SnapshotIntegrity snapshotIntegrity) {
        integrity = snapshotIntegrity;
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (detectsDeletes && softDeletes.matches(row)) {
            // a marked row counts as missing, so the end of the read deletes it
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
                    firstDuplicate = new String(key, StandardCharsets.UTF_8);
                }
                yield false;
            }
        };
    }

    private boolean send(ChangeRow row, Operation operation, Consumer<ChangeRow> output) {
        // a recent row may have been sent long ago and evicted since
        boolean knowsOperation = detectsDeletes && !history.rebaselining();
        output.accept(
                softDeletes.asDelete(
                        row.withOperation(knowsOperation ? operation : Operation.UPSERT)));
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

    /** The content's hash and the number of the copy: the same after any restart. */
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
        if (keyColumns.isResending()) {
            keyColumns.completed();
            rows.resend(false);
        }
        MissingRowEvaluator.Verdict verdict =
                detectsDeletes
                        ? evaluator.ofDiff(rows, integrity, history, columns())
                        : evaluator.ofQuery(rows, integrity);
        kind = verdict.kind();
        if (!evictsMissing && kind.forgets()) {
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

    /** Records the completed read as the latest one. */
    private void close() {
        unconfirmed = detectsDeletes ? rows.missing() : 0;
        history = evaluator.completeRead(rows, integrity, history, columns(), kind);
    }

    private String warning() {
        return duplicateKeys == 0
                ? ""
                : "%d rows were left out: another row of the read has the same key (first: %s); the key is none, name another one"
                        .formatted(duplicateKeys, firstDuplicate);
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
        rowCountState.update(rowCount.toState());
        keyColumns.snapshot();
        historyState.update(history.toState());
    }

    /** Deletes or evicts missing rows, slice by slice. */
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

    /** No row is deleted. */
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

    /** Missing rows must not be deleted; collects the first keys for the message. */
    private final class StopCompletion implements PollCompletion {
        private static final int MAX_KEYS = 5;

        private final MissingRowEvaluator.Verdict verdict;
        private final KnownRows.Sweep sweep;
        private final List<String> first = new ArrayList<>();

        private StopCompletion(MissingRowEvaluator.Verdict verdict, KnownRows.Sweep sweep) {
            this.verdict = verdict;
            this.sweep = sweep;
        }

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) throws Exception {
            boolean more = schema.isKeyed() && sweep.slice(SLICE, (key, copy) -> addKey(key));
            boolean done = !more || first.size() == MAX_KEYS;
            if (done) {
                unconfirmed = 0;
                rows.endRead();
            }
            return !done;
        }

        private void addKey(byte[] key) {
            if (first.size() < MAX_KEYS) {
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
