package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.pipeline.ShellQuoting;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import java.util.Objects;

/**
 * The user's decision about deletes that stop a mapping.
 *
 * @param mapping its name
 * @param run the current run
 * @param suspects the policy of this run
 */
public record DeleteApproval(String mapping, String run, SuspectDeletePolicy suspects) {

    public DeleteApproval {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(suspects, "suspects");
    }

    /** Whether this run may still accept the deletes of one read. */
    boolean isOpen(ReadHistory history) {
        return suspects == SuspectDeletePolicy.ACCEPT_ONCE && !history.usedApproval().equals(run);
    }

    /** The command-line option that accepts the deletes. */
    String option() {
        return "--accept-deletes " + ShellQuoting.quote(mapping);
    }
}
