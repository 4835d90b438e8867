package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Finds what cannot be planned in a file whose values are all well formed. The reader of the file
 * finds contradictions that do not depend on the plan.
 */
public final class MappingChecks {

    /** PostgreSQL truncates longer names without an error and would then read another relation. */
    private static final int LONGEST_NAME = 63;

    private final Predicate<String> usesLastSync;
    private final ProblemLocations locations;
    private final List<Problem> problems = new ArrayList<>();

    private MappingChecks(Predicate<String> usesLastSync, ProblemLocations locations) {
        this.usesLastSync = Objects.requireNonNull(usesLastSync, "usesLastSync");
        this.locations = Objects.requireNonNull(locations, "locations");
    }

    /**
     * All problems, in the file's order.
     *
     * @param usesLastSync whether a user's query has a last_sync placeholder
     * @param locations the positions of the file's values
     */
    public static List<Problem> check(
            ConfigFileSpec spec, Predicate<String> usesLastSync, ProblemLocations locations) {
        MappingChecks checks = new MappingChecks(usesLastSync, locations);
        for (MappingSpec mapping : spec.mappings()) {
            checks.mapping(mapping);
        }
        return List.copyOf(checks.problems);
    }

    /** The path of a key of a mapping. */
    public static String path(MappingSpec mapping, String key) {
        return mapping.path().isEmpty() ? key : mapping.path() + "." + key;
    }

    private void mapping(MappingSpec mapping) {
        CaptureChoice.problem(mapping, usesLastSync.test(mapping.query()))
                .ifPresent(problem -> add(path(mapping, "capture"), problem));
        names(mapping);
    }

    private void names(MappingSpec mapping) {
        name(path(mapping, "source.schema"), mapping.source().schema());
        name(path(mapping, "source.table"), mapping.source().table());
        name(
                path(mapping, "watermark.column"),
                mapping.watermark().map(WatermarkSpec::column).orElse(""));
        name(path(mapping, "delete_when"), mapping.deleteWhen().column());
        mapping.key().forEach(column -> name(path(mapping, "key"), column));
        mapping.excludeColumns().forEach(column -> name(path(mapping, "exclude_columns"), column));
        for (ColumnRename rename : mapping.columnMapping()) {
            String path = path(mapping, "column_mapping");
            name(isPlain(rename.from()) ? path + "." + rename.from() : path, rename.from());
            if (!isPlain(rename.to())) {
                addImpossible(path);
            }
        }
    }

    private void name(String path, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_NAME) {
            add(
                    path,
                    "\"%s\" has %d bytes; names in PostgreSQL have %d at most"
                            .formatted(name, bytes, LONGEST_NAME));
        }
        if (!isPlain(name)) {
            addImpossible(path);
        }
    }

    /** NUL is the only character that PostgreSQL does not allow in a name. */
    private static boolean isPlain(String name) {
        return name.indexOf('\0') < 0;
    }

    private void addImpossible(String path) {
        add(path, "holds a name with a NUL, which no name in PostgreSQL has");
    }

    private void add(String path, String message) {
        problems.add(locations.problem(path, message));
    }
}
