package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.sql.Relation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The key of a mapping, if it is resolved, and where it comes from.
 *
 * @param columns source columns; empty: none, or not resolved yet
 * @param known whether it is resolved
 * @param origin human-readable
 */
record MappingKey(List<String> columns, boolean known, String origin) {

    MappingKey {
        columns = List.copyOf(columns);
        Objects.requireNonNull(origin, "origin");
    }

    /**
     * Resolves the key as at run time: from the file, else the source's primary key, else the
     * destination's mapped back, else none.
     *
     * @param keyedDestination whether the destination can have a key
     */
    static MappingKey of(PollScan scan, PlanningResult.Facts facts, boolean keyedDestination) {
        if (!scan.key().isEmpty()) {
            return found(scan.key(), "from the file");
        }
        boolean table = scan.relation() instanceof Relation.Table;
        List<String> source =
                facts.source()
                        .filter(known -> table)
                        .map(RelationFacts::primaryKey)
                        .orElse(List.of());
        if (!source.isEmpty() && source.stream().noneMatch(scan.excluded()::contains)) {
            return found(source, "primary key of the source");
        }
        Optional<List<String>> mappedBack =
                facts.destination()
                        .map(RelationFacts::primaryKey)
                        .filter(key -> !key.isEmpty())
                        .map(key -> key.stream().map(name -> origin(scan, name)).toList());
        boolean sourceKnown = facts.source().isPresent() || !table;
        if (sourceKnown && mappedBack.isPresent()) {
            return found(mappedBack.get(), "primary key of the destination, mapped back");
        }
        if (sourceKnown && !keyedDestination) {
            return new MappingKey(List.of(), true, "none: the source has no primary key");
        }
        if (sourceKnown && facts.destination().isPresent()) {
            return new MappingKey(
                    List.of(), true, "none: neither source nor destination has a primary key");
        }
        String prefix = "decided when first reached: ";
        String primary = table ? "the source's primary key, else " : "";
        String other = keyedDestination ? "the destination's primary key, else " : "";
        return new MappingKey(List.of(), false, prefix + primary + other + "none");
    }

    private static MappingKey found(List<String> columns, String origin) {
        return new MappingKey(columns, true, String.join(", ", columns) + " (" + origin + ")");
    }

    private static String origin(PollScan scan, String target) {
        return scan.renames().stream()
                .filter(rename -> rename.to().equals(target))
                .map(ColumnRename::from)
                .findFirst()
                .orElse(target);
    }
}
