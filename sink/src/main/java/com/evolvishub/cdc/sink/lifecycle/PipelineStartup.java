package com.evolvishub.cdc.sink.lifecycle;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.sink.state.DeliveryState;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.FlinkException;

/** Starts the task of a pipeline; shared by write-ahead and transactional delivery. */
public record PipelineStartup(Pipeline pipeline, String run) {

    private static final long QUARANTINE_CHECK_MILLIS = 500;
    private static final long PREDECESSOR_CHECK_MILLIS = 100;

    /** Returns the state of an earlier run, or a new one, and clears the Flink state. */
    public DeliveryState takeRestoredState(
            ListState<DeliveryState> operatorState, RestoreMode restoreMode) throws Exception {
        Iterator<DeliveryState> each = operatorState.get().iterator();
        DeliveryState restored = each.hasNext() ? each.next() : DeliveryState.NEW;
        operatorState.clear();
        return restoreMode.discardsState(run, restored.run()) ? restored.forReset() : restored;
    }

    /** Creates the pipeline's gate, closed, with the totals of earlier runs. */
    public BackpressureGate createGate(DeliveryState restored, MetricGroup metrics, Clock clock) {
        BackpressureGate gate = BackpressureGate.install(new PipelineKey(run, pipeline.identity()));
        restored.totals().restoreInto(gate.status());
        gate.acknowledge(restored.acknowledgedPoll());
        PipelineMetrics.register(metrics, pipeline.mapping(), gate.status(), clock);
        return gate;
    }

    /** Starts the check that ends the job, without a restart, when the pipeline is quarantined. */
    public StopOnQuarantine createStopOnQuarantine(
            BackpressureGate gate,
            Clock clock,
            Environment environment,
            ProcessingTimeService time) {
        StopOnQuarantine stopOnQuarantine =
                new StopOnQuarantine(
                        pipeline.mapping(),
                        gate.status(),
                        clock,
                        cause ->
                                environment.failExternally(
                                        new SuppressRestartsException(new FlinkException(cause))));
        // runs until the task ends
        var unused =
                time.scheduleWithFixedDelay(
                        at -> stopOnQuarantine.check(),
                        QUARANTINE_CHECK_MILLIS,
                        QUARANTINE_CHECK_MILLIS);
        return stopOnQuarantine;
    }

    /** Polls until all predecessors have finished, then calls {@code whenDone} once. */
    public void awaitPredecessors(
            List<String> identities, Clock clock, ProcessingTimeService time, Runnable whenDone) {
        List<PipelineKey> pipelines =
                identities.stream().map(identity -> new PipelineKey(run, identity)).toList();
        Predecessors predecessors = new Predecessors(pipelines, clock);
        ScheduledFuture<?>[] check = new ScheduledFuture<?>[1];
        check[0] =
                time.scheduleWithFixedDelay(
                        at -> {
                            if (predecessors.areDone()) {
                                whenDone.run();
                                check[0].cancel(false);
                            }
                        },
                        0,
                        PREDECESSOR_CHECK_MILLIS);
    }
}
