package com.evolvishub.cdc.source.dedupe;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.source.dedupe.diff.DeleteApproval;
import com.evolvishub.cdc.source.dedupe.diff.FullReadDetection;
import com.evolvishub.cdc.source.dedupe.window.WatermarkScanDetection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StatePartitionStreamProvider;

/** The change detector without a cluster; its state can be copied and restored. */
public final class DetectionTestHarness {

    private final Map<String, InMemoryMapState<?, ?>> maps = new HashMap<>();
    private final Map<String, List<Object>> lists = new HashMap<>();
    private final DetectionStrategy detection;
    private boolean evicting;

    /** The contents of a checkpoint. */
    public record Image(Map<String, InMemoryMapState<?, ?>> maps, Map<String, List<Object>> lists) {
        public static final Image EMPTY = new Image(Map.of(), Map.of());
    }

    /**
     * @param discardState whether the restored state is discarded
     */
    public DetectionTestHarness(
            Capture capture, DeleteWhen deleteWhen, Image restored, boolean discardState)
            throws Exception {
        this(capture, deleteWhen, restored, discardState, "run", SuspectDeletePolicy.STOP);
    }

    /** In a run with a policy for suspect deletes. */
    public DetectionTestHarness(
            Capture capture,
            DeleteWhen deleteWhen,
            Image restored,
            boolean discardState,
            String run,
            SuspectDeletePolicy suspects)
            throws Exception {
        DeleteApproval approval = new DeleteApproval("test", run, suspects);
        restored.maps().forEach((name, map) -> maps.put(name, new InMemoryMapState<>(map)));
        restored.lists().forEach((name, list) -> lists.put(name, new ArrayList<>(list)));
        detection =
                capture instanceof Capture.ByDiff diff
                        ? FullReadDetection.diff(diff.maxDeleteRatio(), deleteWhen, approval)
                        : capture instanceof Capture.ByQuery
                                ? FullReadDetection.query(deleteWhen, approval)
                                : new WatermarkScanDetection(deleteWhen);
        detection.open(new Context(), discardState);
    }

    /**
     * Processes an element; returns the warning of a poll that ended, otherwise an empty text. As
     * in a task, the slices of the eviction run between the elements of the next poll.
     */
    public String process(PipelineElement element, Consumer<ChangeRow> output) throws Exception {
        String warning = dispatch(element, output);
        if (evicting || element instanceof PollEnded) {
            evicting = detection.evict();
        }
        return warning;
    }

    private String dispatch(PipelineElement element, Consumer<ChangeRow> output) throws Exception {
        if (element instanceof ChangeRow row) {
            detection.isNew(row, output);
        } else if (element instanceof PollStarted started) {
            detection.begin(started);
        } else if (element instanceof DedupeWindow window) {
            detection.setWindow(window);
        } else if (element instanceof PollPhaseStarted phase) {
            detection.phaseStarted(phase);
        } else if (element instanceof HighWatermarkCrossed crossed) {
            detection.highWatermarkCrossed(crossed);
        } else if (element instanceof SnapshotIntegrity integrity) {
            detection.setIntegrity(integrity);
        } else {
            DetectionStrategy.PollCompletion completion = detection.end((PollEnded) element);
            while (completion.processSlice(output)) {
                // continue with the next slice
            }
            return completion.warning();
        }
        return "";
    }

    public List<byte[]> requestedKeys() {
        return detection.requestedKeys();
    }

    public long dedupeStateRows() {
        return detection.stateRows();
    }

    public Image image() throws Exception {
        detection.snapshot();
        Map<String, InMemoryMapState<?, ?>> copies = new HashMap<>();
        maps.forEach((name, map) -> copies.put(name, new InMemoryMapState<>(map)));
        Map<String, List<Object>> listCopies = new HashMap<>();
        lists.forEach((name, list) -> listCopies.put(name, List.copyOf(list)));
        return new Image(copies, listCopies);
    }

    private final class Context
            implements StateInitializationContext, KeyedStateStore, OperatorStateStore {

        @Override
        @SuppressWarnings("unchecked")
        public <K, V> MapState<K, V> getMapState(MapStateDescriptor<K, V> descriptor) {
            return (MapState<K, V>)
                    maps.computeIfAbsent(descriptor.getName(), name -> new InMemoryMapState<>());
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> ListState<T> getListState(ListStateDescriptor<T> descriptor) {
            List<Object> list =
                    lists.computeIfAbsent(descriptor.getName(), name -> new ArrayList<>());
            return new ListState<>() {
                @Override
                public void update(List<T> values) {
                    list.clear();
                    list.addAll(values);
                }

                @Override
                public void addAll(List<T> values) {
                    list.addAll(values);
                }

                @Override
                public Iterable<T> get() {
                    return (List<T>) List.copyOf(list);
                }

                @Override
                public void add(T value) {
                    list.add(value);
                }

                @Override
                public void clear() {
                    list.clear();
                }
            };
        }

        @Override
        public OperatorStateStore getOperatorStateStore() {
            return this;
        }

        @Override
        public KeyedStateStore getKeyedStateStore() {
            return this;
        }

        @Override
        public boolean isRestored() {
            return false;
        }

        @Override
        public java.util.OptionalLong getRestoredCheckpointId() {
            return java.util.OptionalLong.empty();
        }

        @Override
        public Iterable<StatePartitionStreamProvider> getRawOperatorStateInputs() {
            return List.of();
        }

        @Override
        public Iterable<KeyGroupStatePartitionStreamProvider> getRawKeyedStateInputs() {
            return List.of();
        }

        @Override
        public <T> ValueState<T> getState(ValueStateDescriptor<T> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> ReducingState<T> getReducingState(ReducingStateDescriptor<T> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <I, A, O> AggregatingState<I, O> getAggregatingState(
                AggregatingStateDescriptor<I, A, O> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <K, V> BroadcastState<K, V> getBroadcastState(MapStateDescriptor<K, V> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> ListState<T> getUnionListState(ListStateDescriptor<T> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public java.util.Set<String> getRegisteredStateNames() {
            return lists.keySet();
        }

        @Override
        public java.util.Set<String> getRegisteredBroadcastStateNames() {
            return java.util.Set.of();
        }
    }
}
