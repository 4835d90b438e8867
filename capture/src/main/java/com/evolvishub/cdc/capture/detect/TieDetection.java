package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * For a watermark scan: drops rows without a key that a read shows again because it went on at the
 * start of a tie. Rows with a key pass: their reads go on behind the very row.
 */
final class TieDetection implements Detection {

    private final ContentHash hash = new ContentHash();
    private TiedRows tied;
    private ListState<byte[]> kept;

    @Override
    public void open(StateInitializationContext context) throws Exception {
        PrimitiveArrayTypeInfo<byte[]> bytes =
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        tied =
                new TiedRows(
                        context.getKeyedStateStore()
                                .getMapState(new MapStateDescriptor<>("tied-rows", bytes, bytes)));
        kept =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("tied-rows-on-heap", bytes));
        for (byte[] state : kept.get()) {
            tied.restore(state);
        }
    }

    @Override
    public void begin(PollStarted started) {
        tied.begin(started.poll());
    }

    @Override
    public boolean isNew(ChangeRow row, Consumer<ChangeRow> output) throws Exception {
        if (!row.schema().isKeyed() && tied.wasSent(row.watermark(), hash.of(row.line()))) {
            return false;
        }
        output.accept(row);
        return true;
    }

    @Override
    public Ending end(PollEnded ended) {
        return Ending.PLAIN;
    }

    @Override
    public void snapshot() throws Exception {
        kept.update(List.of(tied.toBytes()));
    }
}
