package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import java.util.List;
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
    private Memory memory = Memory.EMPTY;
    private ListState<byte[]> kept;
    private ListState<Long> counted;
    private DeletionMark mark;
    private WatermarkScale scale = WatermarkScale.NONE;
    private Retention retention;
    private boolean beyond;
    private boolean sweepWanted;
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
        }
        for (long rows : counted.get()) {
            without.restore(rows);
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
        memory = memory.beginning(started.poll());
    }

    @Override
    public void retain(Retention asked) throws Exception {
        retention = asked;
        scale = WatermarkScale.valueOf(asked.scale());
        memory = memory.rememberingPollsFrom(asked.floorPoll());
    }

    @Override
    public void cross(Frontier frontier) {
        beyond = true;
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (CopyText.isNull(row.watermark())) {
            return without.isNew(row, retention.poll()) && send(row, output);
        }
        long place = place(row);
        if (beyond) {
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

    private boolean send(ChangeRow row, Consumer<ChangeRow> output) {
        output.accept(mark.applied(row));
        return true;
    }

    /** Where a row stands: by its watermark, or, of a type without distances, by its tie. */
    private long place(ChangeRow row) {
        if (!scale.hasDistances()) {
            if (beyond) {
                memory = memory.passing(row.watermark());
            }
            return memory.tie();
        }
        long place = scale.place(row.watermark());
        if (beyond && place != WatermarkScale.NOWHERE) {
            memory = memory.reaching(place);
        }
        return place;
    }

    private long forgetBelow() {
        return memory.forgetBelow(retention, scale);
    }

    @Override
    public Ending end(PollEnded ended) throws Exception {
        if (ended.complete()) {
            sent.settle();
            sweepWanted |= sent.forget(forgetBelow());
        }
        return doubled == 0 ? Ending.PLAIN : new Told(doubled);
    }

    @Override
    public boolean tidy() throws Exception {
        if (sweepWanted) {
            sweepWanted = sent.sweep(SLICE, forgetBelow());
        }
        return sweepWanted;
    }

    @Override
    public long remembered() {
        return sent.size() + without.size();
    }

    @Override
    public void snapshot() throws Exception {
        kept.update(List.of(SentRowsFormat.write(memory, sent)));
        counted.update(List.of(without.size()));
    }

    /** What is wrong with a read that showed keys twice. */
    private record Told(long doubled) implements Ending {

        @Override
        public boolean slice(Consumer<ChangeRow> output) {
            return false;
        }

        @Override
        public String trouble() {
            return "%d rows were left out: another row of the read has the same key; the key is none, name another one"
                    .formatted(doubled);
        }
    }
}
