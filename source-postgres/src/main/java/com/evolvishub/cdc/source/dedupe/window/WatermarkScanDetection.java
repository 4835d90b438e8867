package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.source.dedupe.DetectionStrategy;
import com.evolvishub.cdc.source.dedupe.SoftDeleteMatcher;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Change detection of a watermark scan: drops rows that a poll reads again because of the
 * look-back. Rows above everything read before are sent without a lookup, and kept while a later
 * poll may read them again.
 */
public final class WatermarkScanDetection implements DetectionStrategy {

    private static final int SLICE = 2000;

    private final DeleteWhen deleteWhen;
    private SentRows sent;
    private SentNullWatermarkRows nullWatermarkRows;
    private FutureRows future;
    private PollPhaseStarted.Phase phase = PollPhaseStarted.Phase.RANGE;
    private LookedUpKeys lookedUp = LookedUpKeys.NONE;
    private boolean futureRead;
    private boolean movedFromFuture;
    private boolean keyed;
    private EvictionBound evictionBound = EvictionBound.EMPTY;
    private ListState<byte[]> sentRowsState;
    private ListState<Long> nullWatermarkCountState;
    private ListState<Long> futureCountState;
    private SoftDeleteMatcher softDeletes;
    private WatermarkScale scale = WatermarkScale.NONE;
    private DedupeWindow window;
    private long sentBefore = Long.MIN_VALUE;
    private boolean aboveHighWatermark;
    private boolean sweepNeeded;

    /**
     * Set by the last complete poll. A sweep continues during the next poll, which may read again
     * from the low watermark of an ended transaction: its own bound is above what it reads.
     */
    private long sweepBound = Long.MIN_VALUE;

    private long duplicateKeys;

    public WatermarkScanDetection(DeleteWhen deleteWhen) {
        this.deleteWhen = deleteWhen;
    }

    @Override
    public void open(StateInitializationContext context, boolean discardsState) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        MapState<byte[], byte[]> spilled =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("sent-rows", bytes, bytes));
        MapState<byte[], byte[]> nullWatermarkState =
                context.getKeyedStateStore()
                        .getMapState(
                                new MapStateDescriptor<>("rows-without-watermark", bytes, bytes));
        sent = new SentRows(spilled);
        nullWatermarkRows = new SentNullWatermarkRows(nullWatermarkState);
        MapState<byte[], byte[]> futureState =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("future-rows", bytes, bytes));
        future = new FutureRows(futureState);
        futureCountState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("future-rows-count", Types.LONG));
        sentRowsState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("sent-rows-on-heap", bytes));
        nullWatermarkCountState =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "rows-without-watermark-count", Types.LONG));
        if (discardsState) {
            spilled.clear();
            nullWatermarkState.clear();
            sentRowsState.clear();
            nullWatermarkCountState.clear();
            futureState.clear();
            futureCountState.clear();
        }
        for (long rows : nullWatermarkCountState.get()) {
            nullWatermarkRows.restore(rows);
        }
        for (long rows : futureCountState.get()) {
            future.restore(rows);
        }
        for (byte[] state : sentRowsState.get()) {
            evictionBound = SentRowsSerializer.read(state, sent);
        }
    }

    @Override
    public void begin(PollStarted started) {
        softDeletes = SoftDeleteMatcher.of(deleteWhen, started.schema());
        aboveHighWatermark = false;
        duplicateKeys = 0;
        phase = PollPhaseStarted.Phase.RANGE;
        lookedUp = LookedUpKeys.NONE;
        futureRead = false;
        movedFromFuture = false;
        keyed = started.schema().isKeyed();
        future.begin();
        sentBefore = evictionBound.sentTo();
        evictionBound = evictionBound.startingPoll(started.poll());
    }

    @Override
    public void setWindow(DedupeWindow dedupeWindow) throws Exception {
        window = dedupeWindow;
        scale = WatermarkScale.valueOf(dedupeWindow.scale());
        evictionBound =
                evictionBound
                        .upTo(dedupeWindow.position())
                        .rememberingPollsFrom(dedupeWindow.lowWatermarkPoll());
    }

    @Override
    public void highWatermarkCrossed(HighWatermarkCrossed crossed) {
        aboveHighWatermark = true;
    }

    @Override
    public void phaseStarted(PollPhaseStarted started) {
        phase = started.phase();
        if (phase == PollPhaseStarted.Phase.KEY_LOOKUP) {
            lookedUp = new LookedUpKeys(started.keys());
        }
        futureRead |= phase == PollPhaseStarted.Phase.FUTURE;
    }

    @Override
    public List<byte[]> requestedKeys() {
        return future.missing();
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (CopyText.isNull(row.watermark())) {
            return nullWatermarkRows.isNew(row, window.poll()) && send(row, output);
        }
        if (phase == PollPhaseStarted.Phase.FUTURE) {
            long scaled = scale.toScale(row.watermark());
            boolean isNew = future.isNew(row, scaled, window.poll(), sent.remove(row));
            return isNew && send(row, output);
        }
        Optional<SentRow> known = future.remove(row, window.poll());
        if (phase == PollPhaseStarted.Phase.KEY_LOOKUP && known.isEmpty()) {
            // it was found and sent by an earlier lookup
            return false;
        }
        if (known.isPresent()) {
            movedFromFuture = true;
            sent.hashNewest();
            sent.restoreKnown(row, known.get());
        }
        long scaled = scaledWatermark(row);
        if (isNeverSent(scaled)) {
            sent.add(row, scaled, window.poll(), evictBelow());
            return send(row, output);
        }
        sent.hashNewest();
        return switch (sent.observe(row, scaled, window.poll())) {
            case NEW -> send(row, output);
            case KNOWN -> false;
            case DUPLICATE -> {
                duplicateKeys++;
                yield false;
            }
            case LAST_OF_SEVERAL -> {
                duplicateKeys++;
                yield send(row, output);
            }
        };
    }

    /** After a clock step back, rows above the position may have been sent before it. */
    private boolean isNeverSent(long scaled) {
        boolean above = !scale.hasDistances() || scaled > sentBefore;
        return isAboveHighWatermark() && above && !movedFromFuture && future.size() == 0;
    }

    private boolean send(ChangeRow row, Consumer<ChangeRow> output) {
        output.accept(softDeletes.asDelete(row));
        return true;
    }

    /** A row's watermark on the scale, or of a type without distances the number of its tie. */
    private long scaledWatermark(ChangeRow row) {
        if (!scale.hasDistances()) {
            if (isAboveHighWatermark()) {
                evictionBound = evictionBound.advanceTie(row.watermark());
            }
            return evictionBound.tie();
        }
        long scaled = scale.toScale(row.watermark());
        if (isAboveHighWatermark() && scaled != WatermarkScale.NOT_ON_SCALE) {
            evictionBound = evictionBound.advanceTo(scaled);
        }
        return scaled;
    }

    private boolean isAboveHighWatermark() {
        return aboveHighWatermark && phase == PollPhaseStarted.Phase.RANGE;
    }

    private long evictBelow() {
        return evictionBound.evictBelow(window, scale);
    }

    @Override
    public PollCompletion end(PollEnded ended) throws Exception {
        if (ended.complete()) {
            sent.hashNewest();
            sweepBound = evictBelow();
            sweepNeeded |= sent.forget(sweepBound);
        }
        boolean searchesFuture = ended.complete() && futureRead && future.isAnyMissing();
        if (ended.complete() && futureRead && !searchesFuture) {
            future.noneMissing();
        }
        return searchesFuture || duplicateKeys > 0
                ? new ScanCompletion(duplicateKeys, searchesFuture)
                : PollCompletion.PLAIN;
    }

    @Override
    public boolean evict() throws Exception {
        if (sweepNeeded) {
            sweepNeeded = sent.sweep(SLICE, sweepBound);
        }
        return sweepNeeded;
    }

    @Override
    public long stateRows() {
        return sent.size() + nullWatermarkRows.size() + future.size();
    }

    @Override
    public void snapshot() throws Exception {
        sentRowsState.update(List.of(SentRowsSerializer.write(evictionBound, sent)));
        nullWatermarkCountState.update(List.of(nullWatermarkRows.size()));
        futureCountState.update(List.of(future.size()));
    }

    /** The work after a read that missed future rows or contained duplicate keys. */
    private final class ScanCompletion implements PollCompletion {

        private final long duplicates;
        private final boolean searchesFuture;

        private ScanCompletion(long duplicates, boolean searchesFuture) {
            this.duplicates = duplicates;
            this.searchesFuture = searchesFuture;
        }

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) throws Exception {
            // all at once: the source does not wait, and rows of the next poll must not come
            // between
            while (searchesFuture && future.find(SLICE, window.poll(), keyed, lookedUp)) {
                // continue with the next slice
            }
            return false;
        }

        @Override
        public String warning() {
            return duplicates == 0
                    ? ""
                    : "%d rows were left out: another row of the read has the same key; the key is none, name another one"
                            .formatted(duplicates);
        }
    }
}
