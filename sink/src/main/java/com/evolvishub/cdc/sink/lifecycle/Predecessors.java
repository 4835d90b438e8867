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
 * The mappings that come before this one, where mappings run one after the other. They are in this
 * JVM: one worker is one slot. One that cannot go on holds up nobody.
 */
final class Predecessors {

    /** After that a mapping that is not here has ended its task and left, and is done. */
    static final Duration ASSUME_DONE_AFTER = Duration.ofSeconds(30);

    private static final Set<MappingState> DONE =
            Set.of(MappingState.FINISHED, MappingState.QUARANTINED, MappingState.DISABLED);

    private final List<PipelineKey> pipelines;
    private final Clock clock;
    private final Instant startedAt;

    Predecessors(List<PipelineKey> lanes, Clock clock) {
        this.pipelines = List.copyOf(lanes);
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** Whether this mapping's turn has come. */
    boolean areDone() {
        return pipelines.stream().allMatch(this::isDone);
    }

    private boolean isDone(PipelineKey lane) {
        BackpressureGate gate;
        try {
            gate = BackpressureGate.of(lane);
        } catch (IllegalStateException notHere) {
            return !clock.instant().isBefore(startedAt.plus(ASSUME_DONE_AFTER));
        }
        return DONE.contains(gate.status().overall().state());
    }
}
