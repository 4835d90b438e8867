package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds conflicts between the column names of one mapping. */
final class ColumnChecks {

    private final ProblemCollector problems;

    ColumnChecks(ProblemCollector problems) {
        this.problems = problems;
    }

    /**
     * Checks a mapping.
     *
     * @param keyed whether one of its destinations updates rows by key
     */
    void check(MappingSpec mapping, boolean keyed) {
        String excludePath = ConfigLocations.child(mapping.path(), "exclude_columns");
        String keyPath = ConfigLocations.child(mapping.path(), "key");
        checkOnce(mapping.excludeColumns(), excludePath);
        checkOnce(mapping.key(), keyPath);
        Set<String> excluded = new HashSet<>(mapping.excludeColumns());
        checkRenames(mapping, excluded);
        for (int i = 0; i < mapping.key().size() && keyed; i++) {
            if (excluded.contains(mapping.key().get(i))) {
                problems.add(
                        ConfigLocations.item(keyPath, i),
                        "\"%s\" is also in exclude_columns, but the destination needs the key"
                                .formatted(mapping.key().get(i)));
            }
        }
        if (excluded.contains(mapping.deleteWhen().column())) {
            problems.add(
                    ConfigLocations.child(mapping.path(), "delete_when"),
                    "\"%s\" is also in exclude_columns".formatted(mapping.deleteWhen().column()));
        }
    }

    private void checkOnce(List<String> columns, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!seen.add(columns.get(i))) {
                problems.add(
                        ConfigLocations.item(path, i),
                        "\"%s\" is named twice".formatted(columns.get(i)));
            }
        }
    }

    private void checkRenames(MappingSpec mapping, Set<String> excluded) {
        String path = ConfigLocations.child(mapping.path(), "column_mapping");
        Map<String, String> sources = new HashMap<>();
        Set<String> unchanged = new LinkedHashSet<>(mapping.key());
        mapping.watermark().ifPresent(watermark -> unchanged.add(watermark.column()));
        unchanged.removeAll(excluded);
        mapping.columnMapping().forEach(rename -> unchanged.remove(rename.from()));
        for (ColumnRename rename : mapping.columnMapping()) {
            String renamePath = ConfigLocations.child(path, rename.from());
            if (excluded.contains(rename.from())) {
                problems.add(renamePath, "is also in exclude_columns");
            }
            String other = sources.putIfAbsent(rename.to(), rename.from());
            if (other != null) {
                problems.add(
                        renamePath,
                        "maps onto \"%s\", as \"%s\" does".formatted(rename.to(), other));
            } else if (unchanged.contains(rename.to())) {
                problems.add(
                        renamePath,
                        "maps onto \"%s\", which the column of that name keeps"
                                .formatted(rename.to()));
            }
        }
    }
}
