package com.evolvishub.cdc.sink.lifecycle;

import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Ends the job when its lane is in quarantine. First it lets a checkpoint complete that was begun
 * afterwards, so that the next run goes on exactly from here; where none completes in time it ends
 * the job all the same, and the last one holds. Used by the task's thread.
 */
public final class StopOnQuarantine {

    /** How long a checkpoint is waited for. */
    static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(30);

    private final String mapping;
    private final PipelineStatus status;
    private final Clock clock;
    private final Consumer<String> stopJob;
    private Instant quarantinedSince;
    private long checkpoint;

    StopOnQuarantine(String mapping, PipelineStatus status, Clock clock, Consumer<String> end) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
        this.stopJob = end;
    }

    /** To be called again and again. */
    void check() {
        if (!isQuarantined()) {
            // it has healed while a checkpoint was waited for
            quarantinedSince = null;
            checkpoint = 0;
        } else if (quarantinedSince == null) {
            quarantinedSince = clock.instant();
        } else if (!clock.instant().isBefore(quarantinedSince.plus(CHECKPOINT_TIMEOUT))) {
            stopJob();
        }
    }

    public void checkpointBegun(long id) {
        if (checkpoint == 0 && isQuarantined()) {
            checkpoint = id;
        }
    }

    public void checkpointComplete(long id) {
        if (checkpoint != 0 && id >= checkpoint && isQuarantined()) {
            stopJob();
        }
    }

    private boolean isQuarantined() {
        return status.overall().state() == MappingState.QUARANTINED;
    }

    private void stopJob() {
        EndpointStatus condition = status.overall();
        stopJob.accept(
                "stop_on_error: mapping %s is quarantined: %s"
                        .formatted(mapping, condition.cause()));
    }
}
