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
 * Makes a reset end equal: compares what a load that began anew has written with the keys at the
 * destination, tells the counts, and deletes extra rows where nobody else's can be among them or
 * where the user has asked for it. Written by the I/O thread, read by the task's.
 */
public final class ReloadComparison {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadComparison.class);

    /** Below that many rows a table may well be emptied. */
    private static final long FEW = 100;

    private final Pipeline pipeline;
    private final RecoveryOptions choices;
    private final PipelineStatus status;
    private volatile ReloadComparisonState state;

    /**
     * @param run the run under way
     * @param restored what an earlier attempt or run has left
     */
    public ReloadComparison(
            Pipeline pipeline,
            String run,
            ReloadComparisonState restored,
            RecoveryOptions choices,
            PipelineStatus status) {
        this.pipeline = pipeline;
        this.choices = choices;
        this.status = status;
        this.state = choices.reload() ? restored.startedBy(run) : restored;
        if (!state.loadId().equals(restored.loadId())) {
            // what an earlier load has left says nothing of this one
            status.extraRows.set(0);
        }
    }

    /** What a checkpoint keeps. */
    public ReloadComparisonState state() {
        return state;
    }

    /** Whether {@link #compare} has something to do. */
    public boolean isDue() {
        return state.phase() == Phase.DUE;
    }

    /** Whether the load under way is going to be compared. */
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
     * Rows of the load are given up that had been delivered. Their keys are no longer noted: older
     * versions of them would be taken for rows that the source no longer has.
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
            // an older checkpoint may still count on them
            client.keyComparison().get().giveUp();
        }
        state = state.in(Phase.NONE);
    }

    /** Whether keys are noted for this load; if not, the reason was told. */
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
        KeyComparison.RecordingStatus noting =
                client.keyComparison()
                        .get()
                        .startRecording(state.loadId(), !state.recordingStarted());
        if (noting.kind() == KeyComparison.Kind.IMPOSSIBLE) {
            LOG.warn(
                    "{}: the mapping loads anew, but what the destination holds already cannot"
                            + " be compared with the source: {}. Rows that the source no longer"
                            + " has stay",
                    pipeline.mapping(),
                    noting.reason());
        }
        return noting.kind() == KeyComparison.Kind.NOTES;
    }

    /**
     * Everything of a poll is at the destination.
     *
     * @return whether the comparison is due now
     */
    public boolean onPollDelivered(PollEnded poll) {
        if (state.phase() != Phase.NOTING || !state.recordingStarted() || !poll.complete()) {
            return false;
        }
        ReloadComparisonState read = state.read(poll.provesAbsence());
        // a read that proves nothing is enough where nothing is deleted unasked
        boolean due =
                read.provesAbsence()
                        || !(pipeline.scan().capture() instanceof Capture.ByDiff)
                        || choices.deletesExtraRows()
                        || pipeline.scan().schedule() instanceof Schedule.Once;
        state = due ? read.in(Phase.DUE) : read;
        return due;
    }

    /** Compares, and deletes where that is allowed. */
    public void compare(DestinationClient client) throws Exception {
        // it may have been done already, by an attempt that ended before its next checkpoint
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
        String stays = reasonToKeep(found);
        if (stays.isEmpty()) {
            LOG.info("{}. They are deleted", counts);
            return true;
        }
        LOG.warn("{}. They stay: {}", counts, stays);
        return false;
    }

    /** Why extra rows are not deleted, and what would have them deleted; empty: they are. */
    private String reasonToKeep(ExtraRows found) {
        if (found.deadLettered() > 0) {
            return "%,d rows of this load were put aside, and older versions of these may be among them. Replay or drop the dead letters, then %s"
                    .formatted(found.deadLettered(), resetHint());
        }
        if (!found.otherWriters().isEmpty()) {
            return "other mappings deliver to this table (%s), and their rows cannot be told from these. Where such a mapping is gone for good, delete its row from evolvishub_cdc.lane; then %s"
                    .formatted(String.join(", ", found.otherWriters()), resetHint());
        }
        if (choices.deletesExtraRows()) {
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
        if (found.rows() > FEW && found.extra() > diff.maxDeleteRatio() * found.rows()) {
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
