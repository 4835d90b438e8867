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
 * For a watermark scan: drops what a poll that reaches back shows again. Rows above everything read
 * before pass unseen, and are remembered for as long as a later poll may reach back to them.
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
    private boolean tookFuture;
    private boolean keyed;
    private EvictionBound evictionBound = EvictionBound.EMPTY;
    private ListState<byte[]> kept;
    private ListState<Long> counted;
    private ListState<Long> countedFuture;
    private SoftDeleteMatcher mark;
    private WatermarkScale scale = WatermarkScale.NONE;
    private DedupeWindow window;
    private long sentBefore = Long.MIN_VALUE;
    private boolean aboveHighWatermark;
    private boolean sweepWanted;

    /**
     * Told by the last complete poll. A sweep goes on while the next one reads, which may go back
     * to the floor of a transaction that has ended: its own bound lies above what it reads again.
     */
    private long sweepBelow = Long.MIN_VALUE;

    private long duplicateKeys;

    public WatermarkScanDetection(DeleteWhen deleteWhen) {
        this.deleteWhen = deleteWhen;
    }

    @Override
    public void open(StateInitializationContext context, boolean forgets) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        MapState<byte[], byte[]> spilled =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("sent-rows", bytes, bytes));
        MapState<byte[], byte[]> outside =
                context.getKeyedStateStore()
                        .getMapState(
                                new MapStateDescriptor<>("rows-without-watermark", bytes, bytes));
        sent = new SentRows(spilled);
        nullWatermarkRows = new SentNullWatermarkRows(outside);
        MapState<byte[], byte[]> ahead =
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>("future-rows", bytes, bytes));
        future = new FutureRows(ahead);
        countedFuture =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("future-rows-count", Types.LONG));
        kept =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("sent-rows-on-heap", bytes));
        counted =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "rows-without-watermark-count", Types.LONG));
        if (forgets) {
            spilled.clear();
            outside.clear();
            kept.clear();
            counted.clear();
            ahead.clear();
            countedFuture.clear();
        }
        for (long rows : counted.get()) {
            nullWatermarkRows.restore(rows);
        }
        for (long rows : countedFuture.get()) {
            future.restore(rows);
        }
        for (byte[] state : kept.get()) {
            evictionBound = SentRowsSerializer.read(state, sent);
        }
    }

    @Override
    public void begin(PollStarted started) {
        mark = SoftDeleteMatcher.of(deleteWhen, started.schema());
        aboveHighWatermark = false;
        duplicateKeys = 0;
        phase = PollPhaseStarted.Phase.RANGE;
        lookedUp = LookedUpKeys.NONE;
        futureRead = false;
        tookFuture = false;
        keyed = started.schema().isKeyed();
        future.begin();
        sentBefore = evictionBound.sentTo();
        evictionBound = evictionBound.startingPoll(started.poll());
    }

    @Override
    public void setWindow(DedupeWindow asked) throws Exception {
        window = asked;
        scale = WatermarkScale.valueOf(asked.scale());
        evictionBound =
                evictionBound.upTo(asked.position()).rememberingPollsFrom(asked.lowWatermarkPoll());
    }

    @Override
    public void highWatermarkCrossed(HighWatermarkCrossed frontier) {
        aboveHighWatermark = true;
    }

    @Override
    public void phaseStarted(PollPhaseStarted entered) {
        phase = entered.phase();
        if (phase == PollPhaseStarted.Phase.KEY_LOOKUP) {
            lookedUp = new LookedUpKeys(entered.keys());
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
            long ahead = scale.toScale(row.watermark());
            boolean isNew = future.isNew(row, ahead, window.poll(), sent.remove(row));
            return isNew && send(row, output);
        }
        Optional<SentRow> known = future.remove(row, window.poll());
        if (phase == PollPhaseStarted.Phase.KEY_LOOKUP && known.isEmpty()) {
            // it was looked up before, and came then
            return false;
        }
        if (known.isPresent()) {
            tookFuture = true;
            sent.hashNewest();
            sent.restoreKnown(row, known.get());
        }
        long place = place(row);
        if (isNeverSent(place)) {
            sent.add(row, place, window.poll(), evictBelow());
            return send(row, output);
        }
        sent.hashNewest();
        return switch (sent.observe(row, place, window.poll())) {
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

    /** Behind a clock that was set back lie rows that were sent before it was. */
    private boolean isNeverSent(long place) {
        boolean above = !scale.hasDistances() || place > sentBefore;
        return isAboveHighWatermark() && above && !tookFuture && future.size() == 0;
    }

    private boolean send(ChangeRow row, Consumer<ChangeRow> output) {
        output.accept(mark.asDelete(row));
        return true;
    }

    /** Where a row stands: by its watermark, or, of a type without distances, by its tie. */
    private long place(ChangeRow row) {
        if (!scale.hasDistances()) {
            if (isAboveHighWatermark()) {
                evictionBound = evictionBound.advanceTie(row.watermark());
            }
            return evictionBound.tie();
        }
        long place = scale.toScale(row.watermark());
        if (isAboveHighWatermark() && place != WatermarkScale.NOT_ON_SCALE) {
            evictionBound = evictionBound.advanceTo(place);
        }
        return place;
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
            sweepBelow = evictBelow();
            sweepWanted |= sent.forget(sweepBelow);
        }
        boolean searches = ended.complete() && futureRead && future.isAnyMissing();
        if (ended.complete() && futureRead && !searches) {
            future.noneMissing();
        }
        return searches || duplicateKeys > 0
                ? new ScanCompletion(duplicateKeys, searches)
                : PollCompletion.PLAIN;
    }

    @Override
    public boolean evict() throws Exception {
        if (sweepWanted) {
            sweepWanted = sent.sweep(SLICE, sweepBelow);
        }
        return sweepWanted;
    }

    @Override
    public long stateRows() {
        return sent.size() + nullWatermarkRows.size() + future.size();
    }

    @Override
    public void snapshot() throws Exception {
        kept.update(List.of(SentRowsSerializer.write(evictionBound, sent)));
        counted.update(List.of(nullWatermarkRows.size()));
        countedFuture.update(List.of(future.size()));
    }

    /** What is left of a read that did not show all rows of the future, or keys twice. */
    private final class ScanCompletion implements PollCompletion {

        private final long twice;
        private final boolean searches;

        private ScanCompletion(long twice, boolean searches) {
            this.twice = twice;
            this.searches = searches;
        }

        @Override
        public boolean processSlice(Consumer<ChangeRow> output) throws Exception {
            // at once: the source does not wait, and the next poll's rows must not come between
            while (searches && future.find(SLICE, window.poll(), keyed, lookedUp)) {
                // on to the next slice
            }
            return false;
        }

        @Override
        public String warning() {
            return twice == 0
                    ? ""
                    : "%d rows were left out: another row of the read has the same key; the key is none, name another one"
                            .formatted(twice);
        }
    }
}
