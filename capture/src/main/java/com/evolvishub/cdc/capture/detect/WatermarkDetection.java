package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.Section;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
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
final class WatermarkDetection implements Detection {

    private static final int SLICE = 2000;

    private final DeleteWhen deleteWhen;
    private SentRows sent;
    private RowsWithoutWatermark without;
    private FutureRows future;
    private Section.Kind section = Section.Kind.RANGE;
    private Lookups asked = Lookups.NONE;
    private boolean futureRead;
    private boolean tookFuture;
    private boolean keyed;
    private Memory memory = Memory.EMPTY;
    private ListState<byte[]> kept;
    private ListState<Long> counted;
    private ListState<Long> countedFuture;
    private DeletionMark mark;
    private WatermarkScale scale = WatermarkScale.NONE;
    private Retention retention;
    private long sentBefore = Long.MIN_VALUE;
    private boolean beyond;
    private boolean sweepWanted;

    /**
     * Told by the last complete poll. A sweep goes on while the next one reads, which may go back
     * to the floor of a transaction that has ended: its own bound lies above what it reads again.
     */
    private long sweepBelow = Long.MIN_VALUE;

    private long doubled;

    WatermarkDetection(DeleteWhen deleteWhen) {
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
        without = new RowsWithoutWatermark(outside);
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
            without.restore(rows);
        }
        for (long rows : countedFuture.get()) {
            future.restore(rows);
        }
        for (byte[] state : kept.get()) {
            memory = SentRowsFormat.read(state, sent);
        }
    }

    @Override
    public void begin(PollStarted started) {
        mark = DeletionMark.of(deleteWhen, started.schema());
        beyond = false;
        doubled = 0;
        section = Section.Kind.RANGE;
        asked = Lookups.NONE;
        futureRead = false;
        tookFuture = false;
        keyed = started.schema().isKeyed();
        future.begin();
        sentBefore = memory.sentTo();
        memory = memory.beginning(started.poll());
    }

    @Override
    public void retain(Retention asked) throws Exception {
        retention = asked;
        scale = WatermarkScale.valueOf(asked.scale());
        memory = memory.upTo(asked.position()).rememberingPollsFrom(asked.floorPoll());
    }

    @Override
    public void cross(Frontier frontier) {
        beyond = true;
    }

    @Override
    public void enter(Section entered) {
        section = entered.kind();
        if (section == Section.Kind.LOOKED_UP) {
            asked = new Lookups(entered.keys());
        }
        futureRead |= section == Section.Kind.FUTURE;
    }

    @Override
    public List<byte[]> wanted() {
        return future.missing();
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (CopyText.isNull(row.watermark())) {
            return without.isNew(row, retention.poll()) && send(row, output);
        }
        if (section == Section.Kind.FUTURE) {
            long ahead = scale.place(row.watermark());
            boolean isNew = future.isNew(row, ahead, retention.poll(), sent.take(row));
            return isNew && send(row, output);
        }
        Optional<SentRow> known = future.take(row, retention.poll());
        if (section == Section.Kind.LOOKED_UP && known.isEmpty()) {
            // it was looked up before, and came then
            return false;
        }
        if (known.isPresent()) {
            tookFuture = true;
            sent.settle();
            sent.give(row, known.get());
        }
        long place = place(row);
        if (isNeverSent(place)) {
            sent.add(row, place, retention.poll(), forgetBelow());
            return send(row, output);
        }
        sent.settle();
        return switch (sent.see(row, place, retention.poll())) {
            case NEW -> send(row, output);
            case KNOWN -> false;
            case DOUBLED -> {
                doubled++;
                yield false;
            }
            case LAST_OF_SEVERAL -> {
                doubled++;
                yield send(row, output);
            }
        };
    }

    /** Behind a clock that was set back lie rows that were sent before it was. */
    private boolean isNeverSent(long place) {
        boolean above = !scale.hasDistances() || place > sentBefore;
        return isBeyond() && above && !tookFuture && future.size() == 0;
    }

    private boolean send(ChangeRow row, Consumer<ChangeRow> output) {
        output.accept(mark.applied(row));
        return true;
    }

    /** Where a row stands: by its watermark, or, of a type without distances, by its tie. */
    private long place(ChangeRow row) {
        if (!scale.hasDistances()) {
            if (isBeyond()) {
                memory = memory.passing(row.watermark());
            }
            return memory.tie();
        }
        long place = scale.place(row.watermark());
        if (isBeyond() && place != WatermarkScale.NOWHERE) {
            memory = memory.reaching(place);
        }
        return place;
    }

    private boolean isBeyond() {
        return beyond && section == Section.Kind.RANGE;
    }

    private long forgetBelow() {
        return memory.forgetBelow(retention, scale);
    }

    @Override
    public Ending end(PollEnded ended) throws Exception {
        if (ended.complete()) {
            sent.settle();
            sweepBelow = forgetBelow();
            sweepWanted |= sent.forget(sweepBelow);
        }
        boolean searches = ended.complete() && futureRead && future.isAnyMissing();
        if (ended.complete() && futureRead && !searches) {
            future.noneMissing();
        }
        return searches || doubled > 0 ? new Told(doubled, searches) : Ending.PLAIN;
    }

    @Override
    public boolean tidy() throws Exception {
        if (sweepWanted) {
            sweepWanted = sent.sweep(SLICE, sweepBelow);
        }
        return sweepWanted;
    }

    @Override
    public long remembered() {
        return sent.size() + without.size() + future.size();
    }

    @Override
    public void snapshot() throws Exception {
        kept.update(List.of(SentRowsFormat.write(memory, sent)));
        counted.update(List.of(without.size()));
        countedFuture.update(List.of(future.size()));
    }

    /** What is left of a read that did not show all rows of the future, or keys twice. */
    private final class Told implements Ending {

        private final long twice;
        private final boolean searches;

        private Told(long twice, boolean searches) {
            this.twice = twice;
            this.searches = searches;
        }

        @Override
        public boolean slice(Consumer<ChangeRow> output) throws Exception {
            // at once: the source does not wait, and the next poll's rows must not come between
            while (searches && future.find(SLICE, retention.poll(), keyed, asked)) {
                // on to the next slice
            }
            return false;
        }

        @Override
        public String trouble() {
            return twice == 0
                    ? ""
                    : "%d rows were left out: another row of the read has the same key; the key is none, name another one"
                            .formatted(twice);
        }
    }
}
