package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Fingerprint;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.List;

/**
 * Whether a position that was left is one in what is planned now.
 *
 * @param split where to go on
 * @param refusal why not to, for people; empty: go on
 */
record Admission(WatermarkSplit split, String refusal) {

    static Admission of(WatermarkSplit left, Pipeline pipeline, String run, Resumption resumption) {
        Fingerprint planned = Fingerprint.of(pipeline);
        Origin origin = left.origin();
        if (resumption.forgets(run, origin.run())) {
            return new Admission(left.forgotten(new Origin(planned, run, List.of())), "");
        }
        boolean isKnown = !origin.fingerprint().parts().isEmpty();
        List<String> changed = isKnown ? planned.changedIn(origin.fingerprint()) : List.of();
        boolean accepted = resumption == Resumption.ACCEPT_CHANGE;
        if (!changed.isEmpty() && !accepted) {
            return new Admission(left, refusal(pipeline.mapping(), changed));
        }
        // whoever accepts a change takes the columns as they are, once
        boolean takesColumns = accepted && !run.equals(origin.run());
        List<String> columns = takesColumns ? List.of() : origin.columns();
        // and whoever accepts one of the zone, the zone
        SourceTime time = takesColumns ? left.time().in("") : left.time();
        // the key of the state would go on in place of the one that was accepted
        WatermarkSplit from = changed.contains(Fingerprint.KEY) ? left.withoutKey() : left;
        return new Admission(from.in(new Origin(planned, run, columns)).with(time), "");
    }

    private static String refusal(String mapping, List<String> changed) {
        return "%s of the mapping changed since its state was written, and a position in one means nothing in another. Undo the change; or start with --reset %s to load anew, or with --accept-change %s to go on from the position all the same"
                .formatted(String.join(", ", changed), mapping, mapping);
    }
}
