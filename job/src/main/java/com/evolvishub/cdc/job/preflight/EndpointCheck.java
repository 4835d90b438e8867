package com.evolvishub.cdc.job.preflight;

import java.util.List;
import java.util.Objects;

/**
 * The result of checking one side of a mapping.
 *
 * @param mapping the mapping's name
 * @param side {@code source} or {@code destination}
 * @param endpoint the server that was checked, without secrets
 * @param results the problems that were found; empty: none
 * @param notChecked what could not be checked, and why; empty: everything was checked
 * @param notes warnings: what works, but may not be intended
 */
public record EndpointCheck(
        String mapping,
        String side,
        String endpoint,
        List<CheckResult> results,
        String notChecked,
        List<String> notes) {
    public EndpointCheck {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(side, "end");
        Objects.requireNonNull(endpoint, "endpoint");
        results = List.copyOf(results);
        Objects.requireNonNull(notChecked, "open");
        notes = List.copyOf(notes);
    }

    /** The result in one to three words. */
    String result() {
        if (results.isEmpty()) {
            return notChecked.isEmpty() ? "ok" : "not looked at";
        }
        return results.stream().anyMatch(CheckResult::userError) ? "to be mended" : "no answer";
    }

    /** The problems and their remedies, in one line. */
    String remedy() {
        if (results.isEmpty()) {
            return notChecked;
        }
        return String.join(
                        "; and ",
                        results.stream().map(result -> result.problem().message()).toList())
                .replaceAll("\\s*\\R\\s*", " ");
    }
}
