package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
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
record LaneStart(Pipeline pipeline, String run) {

    private static final long LOOK_MILLIS = 500;
    private static final long TURN_LOOK_MILLIS = 100;

    /** What an earlier run has left, or nothing; it is taken out of the state. */
    DeliveryState restored(ListState<DeliveryState> kept, Resumption resumption) throws Exception {
        Iterator<DeliveryState> each = kept.get().iterator();
        DeliveryState restored = each.hasNext() ? each.next() : DeliveryState.NEW;
        kept.clear();
        return resumption.forgets(run, restored.run()) ? restored.forReset() : restored;
    }

    /** The lane's gate, closed, with the figures of earlier runs. */
    Gate gate(DeliveryState restored, MetricGroup metrics, Clock clock) {
        Gate gate = Gate.install(new LaneKey(run, pipeline.identity()));
        restored.totals().restoreInto(gate.status());
        gate.acknowledge(restored.acknowledgedPoll());
        LaneMetrics.register(metrics, pipeline.mapping(), gate.status(), clock);
        return gate;
    }

    /** Makes a quarantine of either end the end of the job, without a restart. */
    QuarantineWatch watch(
            Gate gate, Clock clock, Environment environment, ProcessingTimeService time) {
        QuarantineWatch watch =
                new QuarantineWatch(
                        pipeline.mapping(),
                        gate.status(),
                        clock,
                        cause ->
                                environment.failExternally(
                                        new SuppressRestartsException(new FlinkException(cause))));
        // ends with the task, which is what it is there to end
        var unused = time.scheduleWithFixedDelay(at -> watch.look(), LOOK_MILLIS, LOOK_MILLIS);
        return watch;
    }

    /** Looks again and again whether those that go first are done, and says so once. */
    void awaitTurn(List<String> earlier, Clock clock, ProcessingTimeService time, Runnable come) {
        List<LaneKey> lanes = earlier.stream().map(identity -> new LaneKey(run, identity)).toList();
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
                        TURN_LOOK_MILLIS);
    }
}
