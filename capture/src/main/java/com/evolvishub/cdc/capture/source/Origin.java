package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.planner.physical.Fingerprint;
import java.util.List;
import java.util.Objects;

/**
 * What a position is a position in, and who wrote it.
 *
 * @param fingerprint of the plan; without parts: written by a build that kept none
 * @param run id of the run that wrote it
 * @param columns names and types of the source's columns at the last poll; empty: there was none
 */
record Origin(Fingerprint fingerprint, String run, List<String> columns) {

    static final Origin UNKNOWN = new Origin(new Fingerprint(List.of()), "", List.of());

    Origin {
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(run, "run");
        columns = List.copyOf(columns);
    }

    Origin withColumns(List<String> found) {
        return new Origin(fingerprint, run, found);
    }
}
