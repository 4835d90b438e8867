package com.evolvishub.cdc.source;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The sink of a test's pipeline: installs the gate, acknowledges each poll at once, and keeps the
 * received rows in its state. The rows equal those of a delivery without duplicates.
 */
public final class CollectingOperator extends AbstractStreamOperator<PipelineElement>
        implements OneInputStreamOperator<PipelineElement, PipelineElement> {
    private static final long serialVersionUID = 1L;

    private static final ConcurrentMap<String, CollectedOutput> OUTPUTS = new ConcurrentHashMap<>();

    private final PipelineKey key;
    private final List<String> targetKey;
    private transient CollectedOutput collectedOutput;
    private transient BackpressureGate gate;
    private transient ListState<String> state;

    /** What a test can observe of a pipeline. */
    public static final class CollectedOutput {
        public final List<String> rows =
                java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        public final List<PipelineElement> elements =
                java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        public final AtomicInteger attempts = new AtomicInteger();

        /** Fails the task once, after this many rows in one attempt. */
        public final AtomicInteger failsAt = new AtomicInteger(-1);

        /** Closes the gate once, when this many rows have been received in one attempt. */
        public final AtomicInteger closesAt = new AtomicInteger(-1);

        public volatile boolean opensGate = true;
        public volatile BackpressureGate gate;
        private int inAttempt;
        private boolean failed;
    }

    public CollectingOperator(PipelineKey key, List<String> targetKey) {
        this.key = key;
        this.targetKey = List.copyOf(targetKey);
        chainingStrategy = ChainingStrategy.ALWAYS;
    }

    public static CollectedOutput collected(PipelineKey key) {
        return OUTPUTS.computeIfAbsent(key.run() + key.identity(), unused -> new CollectedOutput());
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("rows", Types.STRING));
        collectedOutput = collected(key);
        collectedOutput.rows.clear();
        collectedOutput.inAttempt = 0;
        collectedOutput.attempts.incrementAndGet();
        for (String row : state.get()) {
            collectedOutput.rows.add(row);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        gate = BackpressureGate.install(key);
        gate.setDestination(new DestinationDescription(true, targetKey));
        collectedOutput.gate = gate;
        if (collectedOutput.opensGate) {
            gate.open();
        }
    }

    @Override
    public void processElement(StreamRecord<PipelineElement> record) {
        PipelineElement element = record.getValue();
        if (element instanceof ChangeRow row) {
            if (collectedOutput.inAttempt++ == collectedOutput.failsAt.get()
                    && !collectedOutput.failed) {
                collectedOutput.failed = true;
                throw new IllegalStateException("the test asked for it");
            }
            if (collectedOutput.closesAt.compareAndSet(collectedOutput.inAttempt, -1)) {
                gate.close();
            }
            collectedOutput.rows.add(text(row));
        } else {
            collectedOutput.elements.add(element);
        }
        if (element instanceof PollEnded ended) {
            gate.acknowledge(ended.poll());
        }
    }

    /** Operation, COPY text, and row id if there is one. */
    private static String text(ChangeRow row) {
        String id = row.rowId().length == 0 ? "" : " #" + HexFormat.of().formatHex(row.rowId());
        return row.operation() + " " + new String(row.line(), StandardCharsets.UTF_8) + id;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        state.update(List.copyOf(collectedOutput.rows));
    }

    @Override
    public void close() throws Exception {
        if (gate != null) {
            gate.remove();
        }
        super.close();
    }
}
