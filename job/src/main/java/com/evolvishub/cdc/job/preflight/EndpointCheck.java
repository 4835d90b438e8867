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

    /** In a word or two. */
    String result() {
        if (results.isEmpty()) {
            return notChecked.isEmpty() ? "ok" : "not looked at";
        }
        return results.stream().anyMatch(CheckResult::userError) ? "to be mended" : "no answer";
    }

    /** What was found and what would do, in one line. */
    String remedy() {
        if (results.isEmpty()) {
            return notChecked;
        }
        return String.join(
                        "; and ", results.stream().map(found -> found.problem().message()).toList())
                .replaceAll("\\s*\\R\\s*", " ");
    }
}
