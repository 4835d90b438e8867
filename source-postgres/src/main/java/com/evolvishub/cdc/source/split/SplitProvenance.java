package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import java.util.List;
import java.util.Objects;

/**
 * The pipeline that a position belongs to, and the run that wrote it.
 *
 * @param fingerprint of the plan; without parts: written by a build that stored none
 * @param run id of the run that wrote it
 * @param columns names and types of the source's columns at the last poll; empty: there was none
 */
public record SplitProvenance(PipelineFingerprint fingerprint, String run, List<String> columns) {

    static final SplitProvenance UNKNOWN =
            new SplitProvenance(new PipelineFingerprint(List.of()), "", List.of());

    public SplitProvenance {
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(run, "run");
        columns = List.copyOf(columns);
    }

    public SplitProvenance withColumns(List<String> found) {
        return new SplitProvenance(fingerprint, run, found);
    }
}
