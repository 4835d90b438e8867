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

/** How the task of a lane starts, whatever kind of delivery it has. */
public record PipelineStartup(Pipeline pipeline, String run) {

    private static final long QUARANTINE_CHECK_MILLIS = 500;
    private static final long PREDECESSOR_CHECK_MILLIS = 100;

    /** What an earlier run has left, or nothing; it is taken out of the state. */
    public DeliveryState takeRestoredState(ListState<DeliveryState> kept, RestoreMode resumption)
            throws Exception {
        Iterator<DeliveryState> each = kept.get().iterator();
        DeliveryState restored = each.hasNext() ? each.next() : DeliveryState.NEW;
        kept.clear();
        return resumption.discardsState(run, restored.run()) ? restored.forReset() : restored;
    }

    /** The lane's gate, closed, with the figures of earlier runs. */
    public BackpressureGate createGate(DeliveryState restored, MetricGroup metrics, Clock clock) {
        BackpressureGate gate = BackpressureGate.install(new PipelineKey(run, pipeline.identity()));
        restored.totals().restoreInto(gate.status());
        gate.acknowledge(restored.acknowledgedPoll());
        PipelineMetrics.register(metrics, pipeline.mapping(), gate.status(), clock);
        return gate;
    }

    /** Makes a quarantine of either end the end of the job, without a restart. */
    public StopOnQuarantine createStopOnQuarantine(
            BackpressureGate gate,
            Clock clock,
            Environment environment,
            ProcessingTimeService time) {
        StopOnQuarantine watch =
                new StopOnQuarantine(
                        pipeline.mapping(),
                        gate.status(),
                        clock,
                        cause ->
                                environment.failExternally(
                                        new SuppressRestartsException(new FlinkException(cause))));
        // ends with the task, which is what it is there to end
        var unused =
                time.scheduleWithFixedDelay(
                        at -> watch.check(), QUARANTINE_CHECK_MILLIS, QUARANTINE_CHECK_MILLIS);
        return watch;
    }

    /** Looks again and again whether those that go first are done, and says so once. */
    public void awaitPredecessors(
            List<String> earlier, Clock clock, ProcessingTimeService time, Runnable come) {
        List<PipelineKey> lanes =
                earlier.stream().map(identity -> new PipelineKey(run, identity)).toList();
        Predecessors first = new Predecessors(lanes, clock);
        ScheduledFuture<?>[] look = new ScheduledFuture<?>[1];
        look[0] =
                time.scheduleWithFixedDelay(
                        at -> {
                            if (first.areDone()) {
                                come.run();
                                look[0].cancel(false);
                            }
                        },
                        0,
                        PREDECESSOR_CHECK_MILLIS);
    }
}
