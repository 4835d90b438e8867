package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.job.status.TableFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The results of all endpoint checks.
 *
 * @param checks in the file's order, the source of a mapping before its destination
 */
public record PreflightReport(List<EndpointCheck> checks) {

    /** With more endpoints than this, those without problems are only counted. */
    private static final int MANY = 40;

    public PreflightReport {
        checks = List.copyOf(checks);
    }

    /** All problems, in the file's order. */
    public List<CheckResult> results() {
        return checks.stream().flatMap(check -> check.results().stream()).toList();
    }

    /** All notes, one line each, in the file's order. */
    public List<String> notes() {
        return checks.stream()
                .flatMap(
                        check ->
                                check.notes().stream()
                                        .map(
                                                note ->
                                                        "%s, %s: %s"
                                                                .formatted(
                                                                        check.mapping(),
                                                                        check.side(),
                                                                        note)))
                .toList();
    }

    /** All endpoints as an aligned table, followed by the notes. */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MAPPING", "END", "ENDPOINT", "RESULT", "WHAT TO DO"));
        int withoutProblems = 0;
        for (EndpointCheck check : checks) {
            if (checks.size() > MANY && check.results().isEmpty()) {
                withoutProblems++;
                continue;
            }
            rows.add(
                    List.of(
                            check.mapping(),
                            check.side(),
                            check.endpoint(),
                            check.result(),
                            check.remedy()));
        }
        String omitted = withoutProblems == 0 ? "" : "%nNothing was found at %d other ends.";
        StringBuilder table = new StringBuilder(TableFormatter.align(rows, rows.get(0).size()));
        table.append(omitted.formatted(withoutProblems));
        notes().forEach(note -> table.append("%nnote: %s".formatted(note)));
        return table.toString();
    }
}
