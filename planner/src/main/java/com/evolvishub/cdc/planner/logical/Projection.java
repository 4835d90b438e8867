package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.ColumnRename;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Excludes and renames columns; all others pass unchanged. Both lists use input names.
 *
 * @param renames in the file's order
 * @param excluded in the file's order
 */
public record Projection(List<ColumnRename> renames, List<String> excluded) {

    /** Passes all columns unchanged. */
    public static final Projection IDENTITY = new Projection(List.of(), List.of());

    public Projection {
        renames = List.copyOf(renames);
        excluded = List.copyOf(excluded);
    }

    /** Whether it changes nothing. */
    public boolean isIdentity() {
        return normalized().equals(IDENTITY);
    }

    /** This projection followed by {@code next}, which uses the output names of this one. */
    public Projection then(Projection next) {
        List<String> out = new ArrayList<>(excluded);
        next.excluded.forEach(name -> origin(name).ifPresent(out::add));
        List<ColumnRename> names = new ArrayList<>();
        for (ColumnRename rename : renames) {
            if (!out.contains(rename.from())) {
                names.add(new ColumnRename(rename.from(), next.target(rename.to())));
            }
        }
        for (ColumnRename rename : next.renames) {
            boolean renamedBefore = renames.stream().anyMatch(r -> r.to().equals(rename.from()));
            if (!renamedBefore && origin(rename.from()).isPresent()) {
                names.add(rename);
            }
        }
        return new Projection(names, out);
    }

    /** The same projection in canonical form: sorted, without renames to the same name. */
    Projection normalized() {
        return new Projection(
                renames.stream()
                        .filter(rename -> !rename.from().equals(rename.to()))
                        .filter(rename -> !excluded.contains(rename.from()))
                        .sorted(
                                Comparator.comparing(ColumnRename::from)
                                        .thenComparing(ColumnRename::to))
                        .distinct()
                        .toList(),
                excluded.stream().sorted().distinct().toList());
    }

    /** Human-readable, for a plan. */
    String describe() {
        List<String> parts = new ArrayList<>();
        if (!renames.isEmpty()) {
            parts.add(
                    renames.stream()
                            .map(rename -> rename.from() + " -> " + rename.to())
                            .collect(Collectors.joining(", ", "rename ", "")));
        }
        if (!excluded.isEmpty()) {
            parts.add("exclude " + String.join(", ", excluded));
        }
        return parts.isEmpty() ? "everything as it is" : String.join("; ", parts);
    }

    private String target(String name) {
        return renames.stream()
                .filter(rename -> rename.from().equals(name))
                .map(ColumnRename::to)
                .findFirst()
                .orElse(name);
    }

    /** The input column with that output name, if there can be one. */
    private Optional<String> origin(String name) {
        Optional<String> renamed =
                renames.stream()
                        .filter(rename -> rename.to().equals(name))
                        .map(ColumnRename::from)
                        .findFirst();
        boolean removed =
                excluded.contains(name)
                        || renames.stream().anyMatch(rename -> rename.from().equals(name));
        return renamed.isPresent() || removed ? renamed : Optional.of(name);
    }
}
