package com.evolvishub.cdc.sink.lifecycle;

import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Ends the job when its pipeline is quarantined. It first waits for a checkpoint that began after
 * the quarantine, so that the next run resumes exactly from here. If none completes in time, it
 * ends the job anyway, and the next run resumes from the last one. Used by the task's thread.
 */
public final class StopOnQuarantine {

    /** Maximum wait for the checkpoint. */
    static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(30);

    private final String mapping;
    private final PipelineStatus status;
    private final Clock clock;
    private final Consumer<String> stopJob;
    private Instant quarantinedSince;
    private long checkpoint;

    StopOnQuarantine(String mapping, PipelineStatus status, Clock clock, Consumer<String> stopJob) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
        this.stopJob = stopJob;
    }

    /** Checks the status. Called periodically. */
    void check() {
        if (!isQuarantined()) {
            // recovered while waiting for a checkpoint
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
        EndpointStatus overall = status.overall();
        stopJob.accept(
                "stop_on_error: mapping %s is quarantined: %s".formatted(mapping, overall.cause()));
    }
}
