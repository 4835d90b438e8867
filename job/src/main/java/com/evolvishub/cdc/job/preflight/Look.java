package com.evolvishub.cdc.job.preflight;

import java.util.List;
import java.util.Objects;

/**
 * What was seen at one end of a mapping.
 *
 * @param mapping its name
 * @param end {@code source} or {@code destination}
 * @param endpoint what was looked at, without secrets
 * @param findings what is wrong there; empty: nothing that was seen
 * @param open what could not be looked at, and why; empty: all was
 * @param notes what works and may not be as it is meant
 */
public record Look(
        String mapping,
        String end,
        String endpoint,
        List<Finding> findings,
        String open,
        List<String> notes) {
    public Look {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(end, "end");
        Objects.requireNonNull(endpoint, "endpoint");
        findings = List.copyOf(findings);
        Objects.requireNonNull(open, "open");
        notes = List.copyOf(notes);
    }

    /** In a word or two. */
    String result() {
        if (findings.isEmpty()) {
            return open.isEmpty() ? "ok" : "not looked at";
        }
        return findings.stream().anyMatch(Finding::mistake) ? "to be mended" : "no answer";
    }

    /** What was found and what would do, in one line. */
    String remedy() {
        if (findings.isEmpty()) {
            return open;
        }
        return String.join(
                        "; and ",
                        findings.stream().map(found -> found.problem().message()).toList())
                .replaceAll("\\s*\\R\\s*", " ");
    }
}
