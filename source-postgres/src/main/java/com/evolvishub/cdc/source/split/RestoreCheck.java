package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import java.util.List;

/**
 * Whether a position that was left is one in what is planned now.
 *
 * @param split where to go on
 * @param refusal why not to, for people; empty: go on
 */
public record RestoreCheck(PostgresSplit split, String refusal) {

    public static RestoreCheck of(
            PostgresSplit left, Pipeline pipeline, String run, RestoreMode resumption) {
        PipelineFingerprint planned = PipelineFingerprint.of(pipeline);
        SplitProvenance origin = left.provenance();
        if (resumption.discardsState(run, origin.run())) {
            return new RestoreCheck(
                    left.discarded(new SplitProvenance(planned, run, List.of())), "");
        }
        boolean isKnown = !origin.fingerprint().parts().isEmpty();
        List<String> changed = isKnown ? planned.changedIn(origin.fingerprint()) : List.of();
        boolean accepted = resumption == RestoreMode.ACCEPT_CHANGE;
        if (!changed.isEmpty() && !accepted) {
            return new RestoreCheck(left, refusal(pipeline.mapping(), changed));
        }
        // whoever accepts a change takes the columns as they are, once
        boolean takesColumns = accepted && !run.equals(origin.run());
        List<String> columns = takesColumns ? List.of() : origin.columns();
        // and whoever accepts one of the zone, the zone
        SourceTimeState time = takesColumns ? left.time().in("") : left.time();
        // the key of the state would go on in place of the one that was accepted
        PostgresSplit from = changed.contains(PipelineFingerprint.KEY) ? left.withoutKey() : left;
        return new RestoreCheck(
                from.withProvenance(new SplitProvenance(planned, run, columns)).with(time), "");
    }

    private static String refusal(String mapping, List<String> changed) {
        return "%s of the mapping changed since its state was written, and a position in one means nothing in another. Undo the change; or start with --reset %s to load anew, or with --accept-change %s to go on from the position all the same"
                .formatted(String.join(", ", changed), mapping, mapping);
    }
}
