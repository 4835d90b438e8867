package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.BlockSchema;
import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.config.schema.EndpointSchema;
import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.spi.DestinationOption;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.EndpointProblem;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Builds an endpoint from its block, the connection that the block names, and the environment. */
final class EndpointReader {

    private static final PostgresDestinationType POSTGRES = new PostgresDestinationType();
    private static final int NO_PORT = 0;

    private final ConfigSchema configSchema;
    private final VariableSubstitution references;
    private final ProblemCollector problems;
    private final Map<String, ConfigBlock> connections;

    EndpointReader(
            ConfigSchema configSchema,
            VariableSubstitution references,
            ProblemCollector problems,
            Map<String, ConfigBlock> connections) {
        this.configSchema = configSchema;
        this.references = references;
        this.problems = problems;
        this.connections = connections;
    }

    /**
     * A source.
     *
     * @param table the mapping's {@code source_table}, if given
     * @param hasQuery whether a query replaces the table
     */
    EndpointSpec source(ConfigBlock block, Optional<ConfigValue> table, boolean hasQuery) {
        ConfigBlock values = withConnection(block);
        EndpointSpec endpoint = endpoint(values, ConfigSchema.SOURCE, table);
        if (isSupported(values, ConfigSchema.SOURCE)) {
            for (EndpointProblem problem : POSTGRES.check(endpoint)) {
                boolean needless = hasQuery && problem.key().equals("table");
                if (!needless) {
                    report(values, table, problem);
                }
            }
        }
        return endpoint;
    }

    /**
     * A destination.
     *
     * @param table the mapping's {@code destination_table}, if given
     */
    EndpointSpec destination(ConfigBlock block, Optional<ConfigValue> table) {
        ConfigBlock values = withConnection(block);
        EndpointSpec endpoint = endpoint(values, ConfigSchema.DESTINATION, table);
        configSchema
                .endpoints()
                .types()
                .find(endpoint.type())
                .ifPresent(
                        type ->
                                type.check(endpoint)
                                        .forEach(problem -> report(values, table, problem)));
        return endpoint;
    }

    /** An empty endpoint, used if the file has none. */
    EndpointSpec emptyEndpoint() {
        BlockSchema keys = configSchema.endpoints().block(ConfigSchema.SOURCE, Optional.empty());
        ConfigBlock emptyBlock = ConfigBlock.empty("", keys);
        return new EndpointSpec("", connection(emptyBlock, ConfigSchema.SOURCE), "", "", List.of());
    }

    private ConfigBlock withConnection(ConfigBlock block) {
        Optional<ConfigValue> name = block.find("connection");
        if (name.isEmpty()) {
            return block;
        }
        ConfigBlock connection = connections.get(name.get().text());
        if (connection == null) {
            problems.add(
                    name.get().path(),
                    "no connection is called \"%s\"%s"
                            .formatted(
                                    name.get().displayText(),
                                    DidYouMean.hint(name.get().text(), connections.keySet())));
            return block;
        }
        Optional<ConfigValue> type = block.find("type");
        Optional<ConfigValue> other = connection.find("type");
        if (type.isPresent()
                && other.isPresent()
                && !type.get().text().equals(other.get().text())) {
            problems.add(
                    type.get().path(),
                    "is \"%s\", but connection \"%s\" is \"%s\""
                            .formatted(
                                    type.get().displayText(),
                                    name.get().displayText(),
                                    other.get().displayText()));
        }
        return block.withFallback(connection);
    }

    private boolean isSupported(ConfigBlock values, String role) {
        String type = values.text("type");
        return role.equals(ConfigSchema.SOURCE)
                ? type.equals(EndpointSchema.SOURCE_TYPE)
                : configSchema.endpoints().types().find(type).isPresent();
    }

    private EndpointSpec endpoint(ConfigBlock values, String role, Optional<ConfigValue> table) {
        checkType(values, role);
        String type = values.text("type");
        List<EndpointOption> options = new ArrayList<>();
        if (role.equals(ConfigSchema.DESTINATION)) {
            values.find("create_table").ifPresent(value -> options.add(option(value)));
            configSchema.endpoints().types().find(type).stream()
                    .flatMap(known -> known.options().stream())
                    .forEach(
                            key ->
                                    values.find(key.name())
                                            .map(v -> option(v, key))
                                            .ifPresent(options::add));
        }
        Optional<ConfigValue> tableValue = table(values, table);
        String text = tableValue.map(ConfigValue::text).orElse("");
        if (!type.equals(EndpointSchema.SOURCE_TYPE)) {
            return new EndpointSpec(
                    type, connection(values, role), values.text("schema"), text, options);
        }
        TableName name = tableName(values, tableValue);
        return new EndpointSpec(
                type, connection(values, role), name.schema(), name.table(), options);
    }

    private void checkType(ConfigBlock values, String role) {
        boolean unknownConnection =
                values.isGiven("connection") && !connections.containsKey(values.text("connection"));
        if (!values.isGiven("type") && !unknownConnection) {
            List<String> choices =
                    role.equals(ConfigSchema.SOURCE)
                            ? List.of(EndpointSchema.SOURCE_TYPE)
                            : configSchema.endpoints().types().names();
            problems.add(
                    values.path("type"),
                    choices.size() == 1
                            ? "is missing; expected " + choices.get(0)
                            : "is missing; expected one of " + String.join(", ", choices));
        } else if (values.isGiven("connection")
                && isSupported(values, ConfigSchema.CONNECTION)
                && !isSupported(values, role)) {
            // the type comes from a connection, and connections allow every type
            problems.add(
                    values.path("connection"),
                    "%s \"%s\" is not supported yet; expected %s"
                            .formatted(
                                    role,
                                    values.get("type").displayText(),
                                    EndpointSchema.SOURCE_TYPE));
        }
    }

    private Optional<ConfigValue> table(ConfigBlock values, Optional<ConfigValue> ofMapping) {
        Optional<ConfigValue> ofEndpoint = values.find("table");
        if (ofEndpoint.isPresent()
                && ofMapping.isPresent()
                && !ofEndpoint.get().text().equals(ofMapping.get().text())) {
            problems.add(
                    ofMapping.get().path(),
                    "is \"%s\", but %s is \"%s\"; give one of them"
                            .formatted(
                                    ofMapping.get().displayText(),
                                    ofEndpoint.get().path(),
                                    ofEndpoint.get().displayText()));
        }
        return ofEndpoint.or(() -> ofMapping).filter(value -> !value.text().isEmpty());
    }

    private TableName tableName(ConfigBlock values, Optional<ConfigValue> tableValue) {
        String schema = values.text("schema");
        if (tableValue.isEmpty()) {
            return new TableName(schema, "");
        }
        Optional<TableName> name = TableName.parse(tableValue.get().text());
        if (name.isEmpty()) {
            problems.add(
                    tableValue.get().path(),
                    "\"%s\" is no table name; write table, schema.table, or parts that hold dots or quotes in double quotes: \"a.b\".t"
                            .formatted(tableValue.get().displayText()));
            return new TableName(schema, tableValue.get().text());
        }
        String schemaOfName = name.get().schema();
        if (!schemaOfName.isEmpty() && !schema.isEmpty() && !schemaOfName.equals(schema)) {
            problems.add(
                    values.path("schema"),
                    "is \"%s\", but the table says \"%s\"; give one of them"
                            .formatted(
                                    values.get("schema").displayText(),
                                    tableValue.get().displayText()));
        }
        return schemaOfName.isEmpty() ? new TableName(schema, name.get().table()) : name.get();
    }

    private ConnectionSpec connection(ConfigBlock values, String role) {
        boolean postgres = values.text("type").equals(EndpointSchema.SOURCE_TYPE);
        Optional<ConfigValue> username = values.find("username");
        Optional<ConfigValue> user = values.find("user");
        if (username.isPresent() && user.isPresent()) {
            problems.add(user.get().path(), "is the same as username; give one of them");
        }
        String login = username.or(() -> user).map(ConfigValue::text).orElse("");
        String password = values.text("password");
        if (postgres && login.isEmpty()) {
            login = fromEnvironment(role, "USERNAME", "PGUSER");
        }
        if (postgres && password.isEmpty()) {
            password = fromEnvironment(role, "PASSWORD", "PGPASSWORD");
        }
        return new ConnectionSpec(
                values.text("host"),
                values.find("port").map(ConfigValue::count).orElseGet(() -> defaultPort(values)),
                values.text("database"),
                login,
                password.isEmpty() ? Secret.NONE : new Secret(password),
                new TlsSpec(
                        values.text("ssl_mode"),
                        values.text("ssl_cert"),
                        values.text("ssl_key"),
                        values.text("ssl_root_cert")),
                values.get("connection_timeout").seconds(),
                values.get("additional_params").items().stream()
                        .map(EndpointReader::option)
                        .toList());
    }

    private String fromEnvironment(String role, String what, String libpq) {
        return references
                .environment("EVOLVISHUB_CDC_%s_%s".formatted(role.toUpperCase(Locale.ROOT), what))
                .or(() -> references.environment(libpq))
                .orElse("");
    }

    private int defaultPort(ConfigBlock values) {
        String type = values.text("type");
        if (type.equals(EndpointSchema.SOURCE_TYPE)) {
            return POSTGRES.defaultPort();
        }
        return configSchema
                .endpoints()
                .types()
                .find(type)
                .map(DestinationType::defaultPort)
                .orElse(NO_PORT);
    }

    private static EndpointOption option(ConfigValue value) {
        return new EndpointOption(value.name(), new Secret(value.text()));
    }

    private static EndpointOption option(ConfigValue value, DestinationOption key) {
        String text =
                switch (key.kind()) {
                    case FLAG -> Boolean.toString(value.flag());
                    case COUNT -> Integer.toString(value.count());
                    case TEXT, SECRET -> value.text();
                };
        return new EndpointOption(value.name(), new Secret(text));
    }

    /** Reports a problem found by a type, unless the value was already reported as invalid. */
    private void report(ConfigBlock values, Optional<ConfigValue> table, EndpointProblem problem) {
        String key = problem.key();
        if (values.isInvalid(key.contains(".") ? key.substring(0, key.indexOf('.')) : key)) {
            return;
        }
        Optional<ConfigValue> value =
                values.find(key).or(() -> key.equals("table") ? table : Optional.empty());
        String path = value.map(ConfigValue::path).orElseGet(() -> problemPath(values, key));
        problems.add(path, problem.message());
    }

    private static String problemPath(ConfigBlock values, String key) {
        int dot = key.indexOf('.');
        return dot < 0
                ? values.path(key)
                : ConfigLocations.child(values.path(key.substring(0, dot)), key.substring(dot + 1));
    }
}
