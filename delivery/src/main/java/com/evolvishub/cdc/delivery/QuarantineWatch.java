package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Ends the job when its lane is in quarantine. First it lets a checkpoint complete that was begun
 * afterwards, so that the next run goes on exactly from here; where none completes in time it ends
 * the job all the same, and the last one holds. Used by the task's thread.
 */
final class QuarantineWatch {

    /** How long a checkpoint is waited for. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String mapping;
    private final LaneStatus status;
    private final Clock clock;
    private final Consumer<String> end;
    private Instant seen;
    private long checkpoint;

    QuarantineWatch(String mapping, LaneStatus status, Clock clock, Consumer<String> end) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
        this.end = end;
    }

    /** To be called again and again. */
    void look() {
        if (!isQuarantined()) {
            // it has healed while a checkpoint was waited for
            seen = null;
            checkpoint = 0;
        } else if (seen == null) {
            seen = clock.instant();
        } else if (!clock.instant().isBefore(seen.plus(PATIENCE))) {
            end();
        }
    }

    void checkpointBegun(long id) {
        if (checkpoint == 0 && isQuarantined()) {
            checkpoint = id;
        }
    }

    void checkpointComplete(long id) {
        if (checkpoint != 0 && id >= checkpoint && isQuarantined()) {
            end();
        }
    }

    private boolean isQuarantined() {
        return status.overall().state() == MappingState.QUARANTINED;
    }

    private void end() {
        Condition condition = status.overall();
        end.accept(
                "stop_on_error: mapping %s is quarantined: %s"
                        .formatted(mapping, condition.cause()));
    }
}
