package com.evolvishub.cdc.sink.lifecycle;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The mappings that run before this one when mappings run sequentially. They are in this JVM,
 * because one worker is one slot. A quarantined predecessor counts as finished.
 */
final class Predecessors {

    /** A predecessor without a gate after this time has ended its task and counts as finished. */
    static final Duration ASSUME_DONE_AFTER = Duration.ofSeconds(30);

    private static final Set<MappingState> DONE =
            Set.of(MappingState.FINISHED, MappingState.QUARANTINED, MappingState.DISABLED);

    private final List<PipelineKey> pipelines;
    private final Clock clock;
    private final Instant startedAt;

    Predecessors(List<PipelineKey> pipelines, Clock clock) {
        this.pipelines = List.copyOf(pipelines);
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** Whether all predecessors have finished. */
    boolean areDone() {
        return pipelines.stream().allMatch(this::isDone);
    }

    private boolean isDone(PipelineKey pipeline) {
        BackpressureGate gate;
        try {
            gate = BackpressureGate.of(pipeline);
        } catch (IllegalStateException noGate) {
            return !clock.instant().isBefore(startedAt.plus(ASSUME_DONE_AFTER));
        }
        return DONE.contains(gate.status().overall().state());
    }
}
