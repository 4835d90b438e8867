package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ShellWord;
import com.evolvishub.cdc.flow.SuspectDeletes;
import java.util.Objects;

/**
 * Who may let through deletes that stop a mapping.
 *
 * @param mapping its name
 * @param run the run under way
 * @param suspects what this run was told to do about them
 */
record DeleteApproval(String mapping, String run, SuspectDeletes suspects) {

    DeleteApproval {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(suspects, "suspects");
    }

    /** Whether this run may still let one read's deletes through. */
    boolean isOpen(ReadHistory history) {
        return suspects == SuspectDeletes.ACCEPT_ONCE && !history.usedApproval().equals(run);
    }

    /** What to start with, to let them through. */
    String option() {
        return "--accept-deletes " + ShellWord.of(mapping);
    }
}
