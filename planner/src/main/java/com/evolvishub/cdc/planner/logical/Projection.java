package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.ColumnRename;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Leaves columns out and gives others new names; all the rest pass as they are. Both lists speak of
 * the names that come in.
 *
 * @param renames in the file's order
 * @param excluded in the file's order
 */
public record Projection(List<ColumnRename> renames, List<String> excluded) {

    /** Lets everything pass as it is. */
    public static final Projection IDENTITY = new Projection(List.of(), List.of());

    public Projection {
        renames = List.copyOf(renames);
        excluded = List.copyOf(excluded);
    }

    /** Whether it changes nothing. */
    public boolean isIdentity() {
        return normalized().equals(IDENTITY);
    }

    /** Both as one: this first, then {@code next}, which speaks of the names this one gives. */
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

    /** The same projection in one agreed form: sorted, without what says nothing. */
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

    /** In words, for a plan. */
    String describe() {
        List<String> words = new ArrayList<>();
        if (!renames.isEmpty()) {
            words.add(
                    renames.stream()
                            .map(rename -> rename.from() + " -> " + rename.to())
                            .collect(Collectors.joining(", ", "rename ", "")));
        }
        if (!excluded.isEmpty()) {
            words.add("exclude " + String.join(", ", excluded));
        }
        return words.isEmpty() ? "everything as it is" : String.join("; ", words);
    }

    private String target(String name) {
        return renames.stream()
                .filter(rename -> rename.from().equals(name))
                .map(ColumnRename::to)
                .findFirst()
                .orElse(name);
    }

    /** Which incoming column comes out under a name, if one can. */
    private Optional<String> origin(String name) {
        Optional<String> renamed =
                renames.stream()
                        .filter(rename -> rename.to().equals(name))
                        .map(ColumnRename::from)
                        .findFirst();
        boolean gone =
                excluded.contains(name)
                        || renames.stream().anyMatch(rename -> rename.from().equals(name));
        return renamed.isPresent() || gone ? renamed : Optional.of(name);
    }
}
