package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.job.status.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * What was seen at all ends.
 *
 * @param looks in the file's order, the source of a mapping before its destination
 */
public record Checkup(List<Look> looks) {

    /** With more ends than that, those that are well are only counted. */
    private static final int MANY = 40;

    public Checkup {
        looks = List.copyOf(looks);
    }

    /** What keeps mappings from working now, in the file's order; empty: nothing. */
    public List<Finding> findings() {
        return looks.stream().flatMap(look -> look.findings().stream()).toList();
    }

    /** What works and may not be as it is meant, a line each, in the file's order. */
    public List<String> notes() {
        return looks.stream()
                .flatMap(
                        look ->
                                look.notes().stream()
                                        .map(
                                                note ->
                                                        "%s, %s: %s"
                                                                .formatted(
                                                                        look.mapping(),
                                                                        look.end(),
                                                                        note)))
                .toList();
    }

    /** All ends as an aligned table, and below it the notes. */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MAPPING", "END", "ENDPOINT", "RESULT", "WHAT TO DO"));
        int well = 0;
        for (Look look : looks) {
            if (looks.size() > MANY && look.findings().isEmpty()) {
                well++;
                continue;
            }
            rows.add(
                    List.of(
                            look.mapping(),
                            look.end(),
                            look.endpoint(),
                            look.result(),
                            look.remedy()));
        }
        String rest = well == 0 ? "" : "%nNothing was found at %d other ends.";
        StringBuilder table = new StringBuilder(Figures.align(rows, rows.get(0).size()));
        table.append(rest.formatted(well));
        notes().forEach(note -> table.append("%nnote: %s".formatted(note)));
        return table.toString();
    }
}
