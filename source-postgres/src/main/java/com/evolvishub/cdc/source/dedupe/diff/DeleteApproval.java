package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.pipeline.ShellQuoting;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import java.util.Objects;

/**
 * Who may let through deletes that stop a mapping.
 *
 * @param mapping its name
 * @param run the run under way
 * @param suspects what this run was told to do about them
 */
public record DeleteApproval(String mapping, String run, SuspectDeletePolicy suspects) {

    public DeleteApproval {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(suspects, "suspects");
    }

    /** Whether this run may still let one read's deletes through. */
    boolean isOpen(ReadHistory history) {
        return suspects == SuspectDeletePolicy.ACCEPT_ONCE && !history.usedApproval().equals(run);
    }

    /** What to start with, to let them through. */
    String option() {
        return "--accept-deletes " + ShellQuoting.quote(mapping);
    }
}
