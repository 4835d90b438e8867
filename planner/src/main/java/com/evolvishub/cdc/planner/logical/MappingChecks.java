package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.DestinationTypes;
import com.evolvishub.cdc.planner.destination.EndpointProblem;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Locations;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.MultiCdcSpec;
import com.evolvishub.cdc.planner.spec.Problem;
import com.evolvishub.cdc.planner.spec.Rename;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds what cannot work in a file whose every value is well formed: things that contradict each
 * other within a mapping, or between two.
 */
public final class MappingChecks {

    /** PostgreSQL cuts longer names off without an error, and would read something else then. */
    private static final int LONGEST_NAME = 63;

    private final DestinationTypes types;
    private final Predicate<String> usesLastSync;
    private final Locations locations;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, String> written = new HashMap<>();

    private MappingChecks(
            DestinationTypes types, Predicate<String> usesLastSync, Locations locations) {
        this.types = Objects.requireNonNull(types, "types");
        this.usesLastSync = Objects.requireNonNull(usesLastSync, "usesLastSync");
        this.locations = Objects.requireNonNull(locations, "locations");
    }

    /**
     * Everything that is wrong, in the file's order.
     *
     * @param types the destination types there are
     * @param usesLastSync whether a query of the user's asks for the position of the last poll
     * @param locations where the file's values stand
     */
    public static List<Problem> check(
            MultiCdcSpec spec,
            DestinationTypes types,
            Predicate<String> usesLastSync,
            Locations locations) {
        MappingChecks checks = new MappingChecks(types, usesLastSync, locations);
        for (MappingSpec mapping : spec.mappings()) {
            checks.mapping(mapping, spec);
        }
        return List.copyOf(checks.problems);
    }

    /** The path of one of a mapping's destinations. */
    public static String destinationPath(MappingSpec mapping, int index) {
        return mapping.destinations().size() == 1
                ? path(mapping, "destination")
                : path(mapping, "destinations[" + index + "]");
    }

    /** The path of a key of a mapping. */
    public static String path(MappingSpec mapping, String key) {
        return mapping.path().isEmpty() ? key : mapping.path() + "." + key;
    }

    private void mapping(MappingSpec mapping, MultiCdcSpec spec) {
        CaptureChoice.objection(mapping, usesLastSync.test(mapping.query()))
                .ifPresent(problem -> add(path(mapping, "capture"), problem));
        columns(mapping);
        names(mapping);
        if (mapping.delivery() == DeliveryMode.TRANSACTIONAL
                && spec.mappings().size() > 1
                && !spec.sharedCheckpoints()) {
            add(
                    path(mapping, "delivery"),
                    "transactional delivery ties all mappings of the file to one another: while one"
                            + " waits, none gets a checkpoint; take exactly_once, or say"
                            + " shared_checkpoints: true at the top of the file");
        }
        for (int i = 0; i < mapping.destinations().size(); i++) {
            destination(mapping, mapping.destinations().get(i), destinationPath(mapping, i));
        }
    }

    private void columns(MappingSpec mapping) {
        Set<String> excluded = new HashSet<>();
        for (String column : mapping.excludeColumns()) {
            if (!excluded.add(column)) {
                add(path(mapping, "exclude_columns"), "\"%s\" is named twice".formatted(column));
            }
        }
        Set<String> from = new HashSet<>();
        Map<String, String> to = new HashMap<>();
        for (Rename rename : mapping.columnMapping()) {
            String path = path(mapping, "column_mapping." + rename.from());
            if (!from.add(rename.from())) {
                add(path, "\"%s\" is mapped twice".formatted(rename.from()));
            }
            if (excluded.contains(rename.from())) {
                add(
                        path,
                        "\"%s\" is mapped and excluded at once; take it out of one of them"
                                .formatted(rename.from()));
            }
            String other = to.putIfAbsent(rename.to(), rename.from());
            if (other != null && !other.equals(rename.from())) {
                add(
                        path,
                        "both \"%s\" and \"%s\" are mapped onto \"%s\""
                                .formatted(other, rename.from(), rename.to()));
            }
        }
    }

    private void names(MappingSpec mapping) {
        name(path(mapping, "source.schema"), mapping.source().schema());
        name(path(mapping, "source.table"), mapping.source().table());
        name(
                path(mapping, "watermark.column"),
                mapping.watermark().map(WatermarkSpec::column).orElse(""));
        name(path(mapping, "delete_when"), mapping.deleteWhen());
        mapping.key().forEach(column -> name(path(mapping, "key"), column));
        mapping.excludeColumns().forEach(column -> name(path(mapping, "exclude_columns"), column));
        mapping.columnMapping()
                .forEach(
                        rename ->
                                name(
                                        path(mapping, "column_mapping." + rename.from()),
                                        rename.from()));
    }

    private void name(String path, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_NAME) {
            add(
                    path,
                    "\"%s\" has %d bytes; names in PostgreSQL have %d at most"
                            .formatted(name, bytes, LONGEST_NAME));
        }
        if (name.indexOf('\0') >= 0) {
            add(path, "a name cannot hold a NUL character");
        }
    }

    private void destination(MappingSpec mapping, EndpointSpec destination, String path) {
        var found = types.find(destination.type());
        if (found.isEmpty()) {
            add(
                    path + ".type",
                    "unknown destination \"%s\"; expected one of %s"
                            .formatted(destination.type(), String.join(", ", types.names())));
            return;
        }
        DestinationType type = found.get();
        for (EndpointProblem problem : type.check(destination)) {
            add(path + "." + problem.key(), problem.message());
        }
        if (!type.keyed()) {
            return;
        }
        for (String column : mapping.key()) {
            if (mapping.excludeColumns().contains(column)) {
                add(
                        path(mapping, "key"),
                        "key column \"%s\" is excluded, but %s finds rows by it; take it out of"
                                        .formatted(column, destination.type())
                                + " exclude_columns, or take another key");
            }
        }
        String place = place(destination);
        if (mapping.query().isEmpty() && place.equals(place(mapping.source()))) {
            add(path + ".table", "source and destination are the same table");
        }
        String other = written.putIfAbsent(place, mapping.name());
        if (other != null) {
            add(
                    path + ".table",
                    "\"%s\" is written by \"%s\" already; two mappings into one table would undo"
                                    .formatted(destination.table(), other)
                            + " each other's rows, so give each its own");
        }
    }

    private static String place(EndpointSpec endpoint) {
        ConnectionSpec connection = endpoint.connection();
        return "%s %s %d %s %s %s"
                .formatted(
                        endpoint.type(),
                        connection.host(),
                        connection.port(),
                        connection.database(),
                        endpoint.schema(),
                        endpoint.table());
    }

    private void add(String path, String message) {
        problems.add(locations.problem(path, message));
    }
}
