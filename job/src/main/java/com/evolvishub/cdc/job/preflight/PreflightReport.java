package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.job.status.TableFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * What was seen at all ends.
 *
 * @param looks in the file's order, the source of a mapping before its destination
 */
public record PreflightReport(List<EndpointCheck> checks) {

    /** With more ends than that, those that are well are only counted. */
    private static final int MANY = 40;

    public PreflightReport {
        checks = List.copyOf(checks);
    }

    /** What keeps mappings from working now, in the file's order; empty: nothing. */
    public List<CheckResult> results() {
        return checks.stream().flatMap(look -> look.results().stream()).toList();
    }

    /** What works and may not be as it is meant, a line each, in the file's order. */
    public List<String> notes() {
        return checks.stream()
                .flatMap(
                        look ->
                                look.notes().stream()
                                        .map(
                                                note ->
                                                        "%s, %s: %s"
                                                                .formatted(
                                                                        look.mapping(),
                                                                        look.side(),
                                                                        note)))
                .toList();
    }

    /** All ends as an aligned table, and below it the notes. */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MAPPING", "END", "ENDPOINT", "RESULT", "WHAT TO DO"));
        int well = 0;
        for (EndpointCheck look : checks) {
            if (checks.size() > MANY && look.results().isEmpty()) {
                well++;
                continue;
            }
            rows.add(
                    List.of(
                            look.mapping(),
                            look.side(),
                            look.endpoint(),
                            look.result(),
                            look.remedy()));
        }
        String rest = well == 0 ? "" : "%nNothing was found at %d other ends.";
        StringBuilder table = new StringBuilder(TableFormatter.align(rows, rows.get(0).size()));
        table.append(rest.formatted(well));
        notes().forEach(note -> table.append("%nnote: %s".formatted(note)));
        return table.toString();
    }
}
