package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.EndpointProblem;
import com.evolvishub.cdc.planner.destination.OptionKey;
import com.evolvishub.cdc.planner.destination.PostgresType;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes an endpoint of its block, the connection the block names, and the environment. */
final class EndpointReader {

    private static final PostgresType POSTGRES = new PostgresType();
    private static final int NO_PORT = 0;

    private final Vocabulary vocabulary;
    private final References references;
    private final Problems problems;
    private final Map<String, Values> connections;

    EndpointReader(
            Vocabulary vocabulary,
            References references,
            Problems problems,
            Map<String, Values> connections) {
        this.vocabulary = vocabulary;
        this.references = references;
        this.problems = problems;
        this.connections = connections;
    }

    /**
     * A source.
     *
     * @param table the mapping's {@code source_table}, if given
     * @param hasQuery whether a query stands in for the table
     */
    EndpointSpec source(Values block, Optional<Value> table, boolean hasQuery) {
        Values values = withConnection(block);
        EndpointSpec endpoint = endpoint(values, Vocabulary.SOURCE, table);
        if (isSupported(values, Vocabulary.SOURCE)) {
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
    EndpointSpec destination(Values block, Optional<Value> table) {
        Values values = withConnection(block);
        EndpointSpec endpoint = endpoint(values, Vocabulary.DESTINATION, table);
        vocabulary
                .endpoints()
                .types()
                .find(endpoint.type())
                .ifPresent(
                        type ->
                                type.check(endpoint)
                                        .forEach(problem -> report(values, table, problem)));
        return endpoint;
    }

    /** What stands for an endpoint that the file does not have. */
    EndpointSpec nowhere() {
        Section keys = vocabulary.endpoints().section(Vocabulary.SOURCE, Optional.empty());
        Values nothing = Values.empty("", keys);
        return new EndpointSpec("", connection(nothing, Vocabulary.SOURCE), "", "", List.of());
    }

    private Values withConnection(Values block) {
        Optional<Value> name = block.find("connection");
        if (name.isEmpty()) {
            return block;
        }
        Values connection = connections.get(name.get().text());
        if (connection == null) {
            problems.add(
                    name.get().path(),
                    "no connection is called \"%s\"%s"
                            .formatted(
                                    name.get().shown(),
                                    Nearest.hint(name.get().text(), connections.keySet())));
            return block;
        }
        Optional<Value> type = block.find("type");
        Optional<Value> other = connection.find("type");
        if (type.isPresent()
                && other.isPresent()
                && !type.get().text().equals(other.get().text())) {
            problems.add(
                    type.get().path(),
                    "is \"%s\", but connection \"%s\" is \"%s\""
                            .formatted(
                                    type.get().shown(), name.get().shown(), other.get().shown()));
        }
        return block.over(connection);
    }

    private boolean isSupported(Values values, String role) {
        String type = values.text("type");
        return role.equals(Vocabulary.SOURCE)
                ? type.equals(EndpointKeys.SOURCE_TYPE)
                : vocabulary.endpoints().types().find(type).isPresent();
    }

    private EndpointSpec endpoint(Values values, String role, Optional<Value> table) {
        checkType(values, role);
        String type = values.text("type");
        List<Option> options = new ArrayList<>();
        if (role.equals(Vocabulary.DESTINATION)) {
            values.find("create_table").ifPresent(value -> options.add(option(value)));
            vocabulary.endpoints().types().find(type).stream()
                    .flatMap(known -> known.options().stream())
                    .forEach(
                            key ->
                                    values.find(key.name())
                                            .map(v -> option(v, key))
                                            .ifPresent(options::add));
        }
        Optional<Value> place = table(values, table);
        String text = place.map(Value::text).orElse("");
        if (!type.equals(EndpointKeys.SOURCE_TYPE)) {
            return new EndpointSpec(
                    type, connection(values, role), values.text("schema"), text, options);
        }
        TableName name = tableName(values, place);
        return new EndpointSpec(
                type, connection(values, role), name.schema(), name.table(), options);
    }

    private void checkType(Values values, String role) {
        boolean unknownConnection =
                values.gives("connection") && !connections.containsKey(values.text("connection"));
        if (!values.gives("type") && !unknownConnection) {
            List<String> choices =
                    role.equals(Vocabulary.SOURCE)
                            ? List.of(EndpointKeys.SOURCE_TYPE)
                            : vocabulary.endpoints().types().names();
            problems.add(
                    values.path("type"),
                    choices.size() == 1
                            ? "is missing; expected " + choices.get(0)
                            : "is missing; expected one of " + String.join(", ", choices));
        } else if (values.gives("connection")
                && isSupported(values, Vocabulary.CONNECTION)
                && !isSupported(values, role)) {
            // it came from a connection, whose own check takes every type
            problems.add(
                    values.path("connection"),
                    "%s \"%s\" is not supported yet; expected %s"
                            .formatted(role, values.get("type").shown(), EndpointKeys.SOURCE_TYPE));
        }
    }

    private Optional<Value> table(Values values, Optional<Value> ofMapping) {
        Optional<Value> own = values.find("table");
        if (own.isPresent()
                && ofMapping.isPresent()
                && !own.get().text().equals(ofMapping.get().text())) {
            problems.add(
                    ofMapping.get().path(),
                    "is \"%s\", but %s is \"%s\"; give one of them"
                            .formatted(
                                    ofMapping.get().shown(), own.get().path(), own.get().shown()));
        }
        return own.or(() -> ofMapping).filter(value -> !value.text().isEmpty());
    }

    private TableName tableName(Values values, Optional<Value> place) {
        String schema = values.text("schema");
        if (place.isEmpty()) {
            return new TableName(schema, "");
        }
        Optional<TableName> name = TableName.parse(place.get().text());
        if (name.isEmpty()) {
            problems.add(
                    place.get().path(),
                    "\"%s\" is no table name; write table, schema.table, or parts that hold dots or quotes in double quotes: \"a.b\".t"
                            .formatted(place.get().shown()));
            return new TableName(schema, place.get().text());
        }
        String own = name.get().schema();
        if (!own.isEmpty() && !schema.isEmpty() && !own.equals(schema)) {
            problems.add(
                    values.path("schema"),
                    "is \"%s\", but the table says \"%s\"; give one of them"
                            .formatted(values.get("schema").shown(), place.get().shown()));
        }
        return own.isEmpty() ? new TableName(schema, name.get().table()) : name.get();
    }

    private ConnectionSpec connection(Values values, String role) {
        boolean postgres = values.text("type").equals(EndpointKeys.SOURCE_TYPE);
        Optional<Value> username = values.find("username");
        Optional<Value> user = values.find("user");
        if (username.isPresent() && user.isPresent()) {
            problems.add(user.get().path(), "is the same as username; give one of them");
        }
        String login = username.or(() -> user).map(Value::text).orElse("");
        String password = values.text("password");
        if (postgres && login.isEmpty()) {
            login = fromEnvironment(role, "USERNAME", "PGUSER");
        }
        if (postgres && password.isEmpty()) {
            password = fromEnvironment(role, "PASSWORD", "PGPASSWORD");
        }
        return new ConnectionSpec(
                values.text("host"),
                values.find("port").map(Value::count).orElseGet(() -> defaultPort(values)),
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

    private int defaultPort(Values values) {
        String type = values.text("type");
        if (type.equals(EndpointKeys.SOURCE_TYPE)) {
            return POSTGRES.defaultPort();
        }
        return vocabulary
                .endpoints()
                .types()
                .find(type)
                .map(DestinationType::defaultPort)
                .orElse(NO_PORT);
    }

    private static Option option(Value value) {
        return new Option(value.name(), new Secret(value.text()));
    }

    private static Option option(Value value, OptionKey key) {
        String text =
                switch (key.kind()) {
                    case FLAG -> Boolean.toString(value.flag());
                    case COUNT -> Integer.toString(value.count());
                    case TEXT, SECRET -> value.text();
                };
        return new Option(value.name(), new Secret(text));
    }

    /** What a type says of an endpoint, unless the file's value was told to be wrong before. */
    private void report(Values values, Optional<Value> table, EndpointProblem problem) {
        String key = problem.key();
        if (values.spoils(key.contains(".") ? key.substring(0, key.indexOf('.')) : key)) {
            return;
        }
        Optional<Value> value =
                values.find(key).or(() -> key.equals("table") ? table : Optional.empty());
        String path = value.map(Value::path).orElseGet(() -> place(values, key));
        problems.add(path, problem.message());
    }

    private static String place(Values values, String key) {
        int dot = key.indexOf('.');
        return dot < 0
                ? values.path(key)
                : TreeLocations.child(values.path(key.substring(0, dot)), key.substring(dot + 1));
    }
}
