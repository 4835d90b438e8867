package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.ExtraRows;
import com.evolvishub.cdc.sink.spi.KeyComparison;
import com.evolvishub.cdc.sink.state.ReloadComparisonState;
import com.evolvishub.cdc.sink.state.ReloadComparisonState.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the keys that a reload has written with those at the destination, logs the counts, and
 * deletes extra rows if no other writer can have written them or if the user has asked for it.
 * Written by the I/O thread, read by the task's.
 */
public final class ReloadComparison {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadComparison.class);

    /** Up to this number of rows max_delete_ratio does not apply. */
    private static final long SMALL_TABLE_ROWS = 100;

    private final Pipeline pipeline;
    private final RecoveryOptions options;
    private final PipelineStatus status;
    private volatile ReloadComparisonState state;

    /**
     * @param run the current run
     * @param restored the state of an earlier attempt or run
     */
    public ReloadComparison(
            Pipeline pipeline,
            String run,
            ReloadComparisonState restored,
            RecoveryOptions options,
            PipelineStatus status) {
        this.pipeline = pipeline;
        this.options = options;
        this.status = status;
        this.state = options.reload() ? restored.startedBy(run) : restored;
        if (!state.loadId().equals(restored.loadId())) {
            // the count of an earlier load does not apply to this one
            status.extraRows.set(0);
        }
    }

    /** The state to checkpoint. */
    public ReloadComparisonState state() {
        return state;
    }

    /** Whether {@link #compare} is due. */
    public boolean isDue() {
        return state.phase() == Phase.DUE;
    }

    /** Whether the current load will be compared. */
    public boolean isActive() {
        return state.phase() != Phase.NONE;
    }

    /** The client is ready for rows. */
    public void onPrepared(DestinationClient client) throws Exception {
        if (state.phase() != Phase.NOTING) {
            return;
        }
        state = recordKeys(client) ? state.recording() : state.in(Phase.NONE);
    }

    /**
     * Delivered rows of the load were given up. Their keys are missing from the recorded ones, so a
     * comparison could take their older versions for extra rows: it is cancelled.
     */
    public void lostRows(DestinationClient client) throws Exception {
        if (state.phase() == Phase.NONE || !state.recordingStarted()) {
            return;
        }
        LOG.warn(
                "{}: rows that this load had delivered are gone, so that what the destination holds"
                        + " cannot be compared with the source. Rows that the source no longer has"
                        + " stay; to have them compared, start with --reset {} once more",
                pipeline.mapping(),
                pipeline.mapping());
        if (client.keyComparison().isPresent()) {
            // an older checkpoint may still rely on the recorded keys
            client.keyComparison().get().giveUp();
        }
        state = state.in(Phase.NONE);
    }

    /** Starts recording keys; false: impossible (the reason is logged), or already compared. */
    private boolean recordKeys(DestinationClient client) throws Exception {
        if (client.keyComparison().isEmpty()) {
            LOG.warn(
                    "{}: the mapping loads anew, but what the destination holds already cannot be"
                            + " compared with the source: rows are only ever added there. Rows and"
                            + " keys that the source no longer has stay, and where rows have no key"
                            + " each comes a second time; empty the destination first if that is"
                            + " not what you want",
                    pipeline.mapping());
            return false;
        }
        KeyComparison.RecordingStatus recording =
                client.keyComparison()
                        .get()
                        .startRecording(state.loadId(), !state.recordingStarted());
        if (recording.kind() == KeyComparison.Kind.IMPOSSIBLE) {
            LOG.warn(
                    "{}: the mapping loads anew, but what the destination holds already cannot"
                            + " be compared with the source: {}. Rows that the source no longer"
                            + " has stay",
                    pipeline.mapping(),
                    recording.reason());
        }
        return recording.kind() == KeyComparison.Kind.NOTES;
    }

    /**
     * All rows of a poll are at the destination.
     *
     * @return whether the comparison is due now
     */
    public boolean onPollDelivered(PollEnded poll) {
        if (state.phase() != Phase.NOTING || !state.recordingStarted() || !poll.complete()) {
            return false;
        }
        ReloadComparisonState read = state.read(poll.provesAbsence());
        // a read that does not prove absence is enough if nothing is deleted without --delete-extra
        boolean due =
                read.provesAbsence()
                        || !(pipeline.scan().capture() instanceof Capture.ByDiff)
                        || options.deletesExtraRows()
                        || pipeline.scan().schedule() instanceof Schedule.Once;
        state = due ? read.in(Phase.DUE) : read;
        return due;
    }

    /** Compares, and deletes extra rows if that is allowed. */
    public void compare(DestinationClient client) throws Exception {
        // an earlier attempt may have compared and failed before its next checkpoint
        if (!recordKeys(client)) {
            state = state.in(Phase.NONE);
            return;
        }
        ExtraRows found =
                client.keyComparison().orElseThrow().compare(state.loadId(), this::deletes);
        status.extraRows.set(found.extra() - found.deleted());
        if (found.deleted() > 0) {
            LOG.info("{}: {} extra rows were deleted", pipeline.mapping(), found.deleted());
        }
        state = state.in(Phase.NONE);
    }

    private boolean deletes(ExtraRows found) {
        String counts =
                "%s: after the load, the destination has %,d rows"
                        .formatted(pipeline.mapping(), found.rows());
        if (found.extra() == 0) {
            LOG.info("{}, and all of them were loaded", counts);
            return false;
        }
        counts +=
                "; %,d of them were not loaded: the source no longer has them, or others have written them (first keys: %s)"
                        .formatted(found.extra(), String.join("; ", found.firstKeys()));
        String reason = reasonToKeep(found);
        if (reason.isEmpty()) {
            LOG.info("{}. They are deleted", counts);
            return true;
        }
        LOG.warn("{}. They stay: {}", counts, reason);
        return false;
    }

    /** Why extra rows are kept, and how to have them deleted; empty: they are deleted. */
    private String reasonToKeep(ExtraRows found) {
        if (found.deadLettered() > 0) {
            return "%,d rows of this load were put aside, and older versions of these may be among them. Replay or drop the dead letters, then %s"
                    .formatted(found.deadLettered(), resetHint());
        }
        if (!found.otherWriters().isEmpty()) {
            return "other mappings deliver to this table (%s), and their rows cannot be told from these. Where such a mapping is gone for good, delete its row from evolvishub_cdc.lane; then %s"
                    .formatted(String.join(", ", found.otherWriters()), resetHint());
        }
        if (options.deletesExtraRows()) {
            return "";
        }
        if (!(pipeline.scan().capture() instanceof Capture.ByDiff diff)) {
            return "a read by watermark or query does not show every row of the source. To delete them, "
                    + resetHint();
        }
        if (!found.createdByTool()) {
            return "the table was not made by this tool, so they may be somebody else's. To delete them, "
                    + resetHint();
        }
        if (found.rows() > SMALL_TABLE_ROWS
                && found.extra() > diff.maxDeleteRatio() * found.rows()) {
            return "they are more than max_delete_ratio (%s) of the rows. To delete them, %s"
                    .formatted(diff.maxDeleteRatio(), resetHint());
        }
        if (!state.provesAbsence()) {
            return "a single read of this source does not prove that rows are gone. To delete them, "
                    + resetHint();
        }
        return "";
    }

    private String resetHint() {
        return "start with --reset %s --delete-extra %1$s".formatted(pipeline.mapping());
    }
}
