package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import java.util.List;

/**
 * The result of checking whether a restored position is valid for the pipeline planned now.
 *
 * @param split the split to resume
 * @param refusal human-readable reason for rejecting the position; empty: it is valid
 */
public record RestoreCheck(PostgresSplit split, String refusal) {

    public static RestoreCheck of(
            PostgresSplit restored, Pipeline pipeline, String run, RestoreMode restoreMode) {
        PipelineFingerprint planned = PipelineFingerprint.of(pipeline);
        SplitProvenance provenance = restored.provenance();
        if (restoreMode.discardsState(run, provenance.run())) {
            return new RestoreCheck(
                    restored.discarded(new SplitProvenance(planned, run, List.of())), "");
        }
        boolean isKnown = !provenance.fingerprint().parts().isEmpty();
        List<String> changed = isKnown ? planned.changedIn(provenance.fingerprint()) : List.of();
        boolean accepted = restoreMode == RestoreMode.ACCEPT_CHANGE;
        if (!changed.isEmpty() && !accepted) {
            return new RestoreCheck(restored, refusal(pipeline.mapping(), changed));
        }
        // accepting a change accepts the current columns, once per run
        boolean acceptsColumns = accepted && !run.equals(provenance.run());
        List<String> columns = acceptsColumns ? List.of() : provenance.columns();
        // it also accepts a change of the time zone
        SourceTimeState time = acceptsColumns ? restored.time().in("") : restored.time();
        // otherwise the key of the restored state would be used instead of the accepted one
        PostgresSplit adjusted =
                changed.contains(PipelineFingerprint.KEY) ? restored.withoutKey() : restored;
        return new RestoreCheck(
                adjusted.withProvenance(new SplitProvenance(planned, run, columns)).with(time), "");
    }

    private static String refusal(String mapping, List<String> changed) {
        return "%s of the mapping changed since its state was written, and a position in one means nothing in another. Undo the change; or start with --reset %s to load anew, or with --accept-change %s to go on from the position all the same"
                .formatted(String.join(", ", changed), mapping, mapping);
    }
}
