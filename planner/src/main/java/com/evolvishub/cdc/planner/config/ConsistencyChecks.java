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

/** What is wrong between mappings, and between the keys of one. Values not given are skipped. */
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

    // folders, consumer groups and topics are named after it
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
        Map<String, MappingSpec> first = new HashMap<>();
        for (MappingSpec mapping : mappings) {
            MappingSpec other =
                    mapping.name().isEmpty() ? null : first.putIfAbsent(mapping.name(), mapping);
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
        Map<String, String> formers = new HashMap<>();
        for (MappingSpec mapping : mappings) {
            String former = mapping.renamedFrom();
            if (former.isEmpty()) {
                continue;
            }
            String path = ConfigLocations.child(mapping.path(), "renamed_from");
            if (names.containsKey(former)) {
                problems.add(
                        path,
                        names.get(former).equals(mapping.path())
                                ? "is the mapping's own name; expected an earlier one"
                                : "\"%s\" is still the name of %s"
                                        .formatted(former, names.get(former)));
            }
            String other = formers.putIfAbsent(former, mapping.path());
            if (other != null) {
                problems.add(path, "%s was renamed from \"%s\" too".formatted(other, former));
            }
        }
    }

    private void checkTargets(List<MappingSpec> mappings) {
        Map<List<String>, String> first = new HashMap<>();
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
                String place = several ? ConfigLocations.item(path, i) : path;
                String other = first.putIfAbsent(target(destination), place);
                if (other != null) {
                    problems.add(place, "writes into the same place as %s".formatted(other));
                }
                boolean sameType = mapping.source().type().equals(destination.type());
                if (sameType && target(mapping.source()).equals(target(destination))) {
                    problems.add(place, "writes into the table it reads");
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
        // a label of its own is no other Kafka
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
