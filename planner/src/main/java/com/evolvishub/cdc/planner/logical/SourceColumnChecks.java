package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Checks the column names of a mapping against the columns of its source. */
public final class SourceColumnChecks {

    private final MappingSpec mapping;
    private final List<String> columns;
    private final ProblemLocations locations;
    private final List<Problem> problems = new ArrayList<>();

    private SourceColumnChecks(
            MappingSpec mapping, RelationFacts facts, ProblemLocations locations) {
        this.mapping = Objects.requireNonNull(mapping, "mapping");
        this.columns = facts.columns().stream().map(ColumnFacts::name).toList();
        this.locations = Objects.requireNonNull(locations, "locations");
    }

    /** A problem for each column that the mapping names and that the source does not have. */
    public static List<Problem> check(
            MappingSpec mapping, RelationFacts facts, ProblemLocations locations) {
        SourceColumnChecks checks = new SourceColumnChecks(mapping, facts, locations);
        checks.run(facts);
        return List.copyOf(checks.problems);
    }

    private void run(RelationFacts facts) {
        mapping.watermark().ifPresent(watermark -> column("watermark.column", watermark.column()));
        mapping.key().forEach(name -> column("key", name));
        if (!mapping.deleteWhen().isEmpty()) {
            column("delete_when", mapping.deleteWhen().column());
        }
        mapping.excludeColumns().forEach(name -> column("exclude_columns", name));
        Set<String> unchanged = new HashSet<>(columns);
        mapping.excludeColumns().forEach(unchanged::remove);
        mapping.columnMapping().forEach(rename -> unchanged.remove(rename.from()));
        for (ColumnRename rename : mapping.columnMapping()) {
            String key = "column_mapping." + rename.from();
            column(key, rename.from());
            if (unchanged.contains(rename.to())) {
                add(
                        key,
                        "\"%s\" is mapped onto \"%s\", a name that another column of the source"
                                        .formatted(rename.from(), rename.to())
                                + " keeps; map or exclude that one too");
            }
        }
        if (!facts.columns().isEmpty() && mapping.excludeColumns().containsAll(columns)) {
            add("exclude_columns", "every column of the source is excluded");
        }
    }

    private void column(String key, String name) {
        if (!columns.contains(name)) {
            add(
                    key,
                    "the source has no column \"%s\"; it has %s"
                            .formatted(name, String.join(", ", columns)));
        }
    }

    private void add(String key, String message) {
        problems.add(locations.problem(MappingChecks.path(mapping, key), message));
    }
}
