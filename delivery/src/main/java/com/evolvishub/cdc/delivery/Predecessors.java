package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
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
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Set<MappingState> DONE =
            Set.of(MappingState.FINISHED, MappingState.QUARANTINED, MappingState.DISABLED);

    private final List<LaneKey> lanes;
    private final Clock clock;
    private final Instant begun;

    Predecessors(List<LaneKey> lanes, Clock clock) {
        this.lanes = List.copyOf(lanes);
        this.clock = clock;
        this.begun = clock.instant();
    }

    /** Whether this mapping's turn has come. */
    boolean areDone() {
        return lanes.stream().allMatch(this::isDone);
    }

    private boolean isDone(LaneKey lane) {
        Gate gate;
        try {
            gate = Gate.of(lane);
        } catch (IllegalStateException notHere) {
            return !clock.instant().isBefore(begun.plus(PATIENCE));
        }
        return DONE.contains(gate.status().overall().state());
    }
}
