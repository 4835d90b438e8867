package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds conflicts between mappings and between the keys of one mapping. Values not given are
 * skipped.
 */
final class ConsistencyChecks {

    private static final String KAFKA = "kafka";

    private final DestinationTypes types;
    private final ProblemCollector problems;

    ConsistencyChecks(DestinationTypes types, ProblemCollector problems) {
        this.types = types;
        this.problems = problems;
    }

    void check(ConfigFileSpec spec) {
        checkFileName(spec.name());
        checkNames(spec.mappings());
        checkRenamedFrom(spec.mappings());
        checkTargets(spec.mappings());
        for (MappingSpec mapping : spec.mappings()) {
            new ColumnChecks(problems).check(mapping, keyed(mapping));
            new TransactionalChecks(types, problems).check(spec, mapping);
        }
    }

    // directories, consumer groups and topics are named after it
    private void checkFileName(String name) {
        if (name.length() > 100
                || name.startsWith(".")
                || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':')) {
            problems.add(
                    "name",
                    "expected at most 100 characters, no slash, backslash or colon, and no dot at the start");
        }
    }

    private void checkNames(List<MappingSpec> mappings) {
        Map<String, MappingSpec> mappingsByName = new HashMap<>();
        for (MappingSpec mapping : mappings) {
            MappingSpec other =
                    mapping.name().isEmpty()
                            ? null
                            : mappingsByName.putIfAbsent(mapping.name(), mapping);
            if (other != null) {
                problems.add(
                        ConfigLocations.child(mapping.path(), "name"),
                        "two mappings are called \"%s\"; %s is the other"
                                .formatted(mapping.name(), other.path()));
            }
        }
    }

    private void checkRenamedFrom(List<MappingSpec> mappings) {
        Map<String, String> names = new HashMap<>();
        mappings.forEach(mapping -> names.putIfAbsent(mapping.name(), mapping.path()));
        Map<String, String> firstPathByFormerName = new HashMap<>();
        for (MappingSpec mapping : mappings) {
            String formerName = mapping.renamedFrom();
            if (formerName.isEmpty()) {
                continue;
            }
            String path = ConfigLocations.child(mapping.path(), "renamed_from");
            if (names.containsKey(formerName)) {
                problems.add(
                        path,
                        names.get(formerName).equals(mapping.path())
                                ? "is the mapping's own name; expected an earlier one"
                                : "\"%s\" is still the name of %s"
                                        .formatted(formerName, names.get(formerName)));
            }
            String other = firstPathByFormerName.putIfAbsent(formerName, mapping.path());
            if (other != null) {
                problems.add(path, "%s was renamed from \"%s\" too".formatted(other, formerName));
            }
        }
    }

    private void checkTargets(List<MappingSpec> mappings) {
        Map<List<String>, String> firstPathByTarget = new HashMap<>();
        for (MappingSpec mapping : mappings) {
            boolean several = mapping.destinations().size() > 1;
            for (int i = 0; i < mapping.destinations().size() && mapping.enabled(); i++) {
                EndpointSpec destination = mapping.destinations().get(i);
                if (destination.table().isEmpty()) {
                    continue;
                }
                String path =
                        ConfigLocations.child(
                                mapping.path(), several ? "destinations" : "destination");
                String destinationPath = several ? ConfigLocations.item(path, i) : path;
                String other = firstPathByTarget.putIfAbsent(target(destination), destinationPath);
                if (other != null) {
                    problems.add(
                            destinationPath, "writes into the same place as %s".formatted(other));
                }
                boolean sameType = mapping.source().type().equals(destination.type());
                if (sameType && target(mapping.source()).equals(target(destination))) {
                    problems.add(destinationPath, "writes into the table it reads");
                }
            }
        }
    }

    private static List<String> target(EndpointSpec endpoint) {
        String schema = endpoint.schema().isEmpty() ? "public" : endpoint.schema();
        String servers =
                List.of("bootstrap_servers", "service_url").stream()
                        .flatMap(key -> endpoint.option(key).stream())
                        .map(secret -> secret.reveal())
                        .findFirst()
                        .orElse(
                                endpoint.connection().host().toLowerCase(Locale.ROOT)
                                        + ":"
                                        + endpoint.connection().port());
        // for Kafka the database is only a label
        String database = endpoint.type().equals(KAFKA) ? "" : endpoint.connection().database();
        return List.of(endpoint.type(), servers, database, schema, endpoint.table());
    }

    private boolean keyed(MappingSpec mapping) {
        return mapping.destinations().stream()
                .anyMatch(
                        destination ->
                                types.find(destination.type())
                                        .filter(DestinationType::supportsKeys)
                                        .isPresent());
    }
}
