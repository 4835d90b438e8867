package com.evolvishub.cdc.planner.config.schema;

import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.BLOCK;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.PARAMETERS;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.SECRET;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.SQL;

import com.evolvishub.cdc.planner.spi.DestinationOption;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of source, destination and connection blocks; some depend on the type of the block. */
public final class EndpointSchema {

    /** The only source type. */
    public static final String SOURCE_TYPE = "postgresql";

    private static final List<String> UNSUPPORTED_TYPES =
            List.of(
                    "azure_blob",
                    "file",
                    "gcs",
                    "kafka",
                    "mariadb",
                    "mongodb",
                    "mssql",
                    "mysql",
                    "oracle",
                    "postgresql",
                    "pulsar",
                    "rabbitmq",
                    "redis",
                    "redis_streams",
                    "s3",
                    "sqlite",
                    "sqlserver");

    private final DestinationTypes types;

    EndpointSchema(DestinationTypes types) {
        this.types = types;
    }

    public DestinationTypes types() {
        return types;
    }

    /**
     * The keys of an endpoint.
     *
     * @param role {@link ConfigSchema#SOURCE}, {@link ConfigSchema#DESTINATION} or {@link
     *     ConfigSchema#CONNECTION}
     * @param type the block's type; empty: unknown, the keys of all types are allowed
     */
    public BlockSchema block(String role, Optional<DestinationType> type) {
        List<ConfigOption> keys = new ArrayList<>(common(role));
        Map<String, String> misplaced = new LinkedHashMap<>(misplacedKeys(role));
        if (!role.equals(ConfigSchema.SOURCE)) {
            Stream<ConfigOption> typeKeys =
                    type.map(known -> known.options().stream().map(EndpointSchema::key))
                            .orElseGet(
                                    () -> types.all().stream().flatMap(EndpointSchema::anyOption));
            typeKeys.filter(key -> keys.stream().noneMatch(k -> k.name().equals(key.name())))
                    .forEach(keys::add);
            for (DestinationType other : types.all()) {
                for (DestinationOption option : other.options()) {
                    misplaced.put(option.name(), misplacedMessage(option.name(), type));
                }
            }
            keys.forEach(key -> misplaced.remove(key.name()));
        }
        return new BlockSchema(role, keys, misplaced);
    }

    /** The option of a type, as a key. */
    public static ConfigOption key(DestinationOption option) {
        return switch (option.kind()) {
            case TEXT ->
                    option.choices().isEmpty()
                            ? ConfigOption.text(option.name(), option.description())
                            : ConfigOption.oneOf(
                                    option.name(), option.choices(), option.description());
            case COUNT ->
                    ConfigOption.count(option.name(), NumberRange.atLeast(0), option.description());
            case FLAG ->
                    ConfigOption.of(option.name(), ConfigOption.Kind.FLAG, option.description());
            case SECRET -> ConfigOption.of(option.name(), SECRET, option.description());
        };
    }

    // types share names but not values: if the type is unknown, any text is allowed
    private static Stream<ConfigOption> anyOption(DestinationType type) {
        return type.options().stream()
                .map(
                        option ->
                                option.kind() == DestinationOption.Kind.SECRET
                                        ? key(option)
                                        : ConfigOption.text(option.name(), option.description()));
    }

    private String misplacedMessage(String option, Optional<DestinationType> type) {
        String owners =
                types.all().stream()
                        .filter(
                                other ->
                                        other.options().stream()
                                                .anyMatch(key -> key.name().equals(option)))
                        .map(DestinationType::name)
                        .collect(Collectors.joining(", "));
        return "is a key of %s, not of %s"
                .formatted(owners, type.map(DestinationType::name).orElse("this type"));
    }

    private static Map<String, String> misplacedKeys(String role) {
        Map<String, String> misplaced = new LinkedHashMap<>();
        misplaced.put("file_path", "belongs to a type that is not supported yet");
        misplaced.put("cloud_storage", "belongs to a type that is not supported yet");
        if (role.equals(ConfigSchema.DESTINATION)) {
            for (ConfigOption key : sourceKeys()) {
                misplaced.put(key.name(), "is a key of a source, not of a destination");
            }
        }
        if (role.equals(ConfigSchema.SOURCE)) {
            for (ConfigOption key : destinationKeys()) {
                misplaced.put(key.name(), "is a key of a destination, not of a source");
            }
        }
        return misplaced;
    }

    private List<ConfigOption> common(String role) {
        List<ConfigOption> keys = new ArrayList<>();
        keys.add(type(role));
        if (!role.equals(ConfigSchema.CONNECTION)) {
            keys.add(
                    ConfigOption.text(
                            "connection",
                            "Name of a block under `connections` to take keys from."));
        }
        keys.addAll(serverKeys());
        if (!role.equals(ConfigSchema.CONNECTION)) {
            keys.add(
                    ConfigOption.text(
                            "table",
                            "Table, view or `schema.name` (parts that hold dots in double quotes);"
                                    + " topic; stream."));
        }
        keys.add(ConfigOption.text("schema", "PostgreSQL schema."));
        if (role.equals(ConfigSchema.SOURCE)) {
            keys.addAll(sourceKeys());
        }
        if (role.equals(ConfigSchema.DESTINATION)) {
            keys.addAll(destinationKeys());
        }
        return keys;
    }

    private ConfigOption type(String role) {
        List<String> choices =
                role.equals(ConfigSchema.SOURCE)
                        ? List.of(SOURCE_TYPE)
                        : Stream.concat(types.names().stream(), Stream.of(SOURCE_TYPE))
                                .distinct()
                                .filter(
                                        name ->
                                                role.equals(ConfigSchema.CONNECTION)
                                                        || types.names().contains(name))
                                .sorted()
                                .toList();
        List<String> notYet =
                UNSUPPORTED_TYPES.stream().filter(name -> !choices.contains(name)).toList();
        return ConfigOption.text("type", "What kind of server it is.")
                .withChoices(role.equals(ConfigSchema.CONNECTION) ? "type" : role, choices, notYet);
    }

    private static List<ConfigOption> serverKeys() {
        return List.of(
                ConfigOption.text("host", "Name or address of the server."),
                ConfigOption.count(
                        "port",
                        NumberRange.between(1, 65535),
                        "Its port; if not given, the type's own."),
                ConfigOption.text(
                        "database",
                        "Database; for Kafka a label, for Pulsar tenant/namespace, for Redis a"
                                + " number."),
                ConfigOption.text(
                        "username",
                        "Login. PostgreSQL, if not given: from the environment, see below."),
                ConfigOption.text("user", "The same as `username`."),
                ConfigOption.of(
                        "password",
                        SECRET,
                        "Its password. PostgreSQL, if not given: from the environment, see below."),
                ConfigOption.oneOf(
                        "ssl_mode",
                        List.of(
                                "disable",
                                "allow",
                                "prefer",
                                "require",
                                "verify-ca",
                                "verify-full"),
                        "Whether the connection is encrypted and the server checked."),
                ConfigOption.text("ssl_cert", "Path of the client's certificate."),
                ConfigOption.text("ssl_key", "Path of the client's private key."),
                ConfigOption.text("ssl_root_cert", "Path of the authorities to trust."),
                ConfigOption.number(
                                "connection_timeout",
                                NumberRange.above(0),
                                "Seconds to wait for the server.")
                        .withDefault("30"),
                ConfigOption.of(
                        "additional_params",
                        PARAMETERS,
                        "Settings passed to the client: JDBC properties, producer settings."),
                ConfigOption.ignored("pool_size", "mappings share connections by themselves"),
                ConfigOption.ignored("max_overflow", "mappings share connections by themselves"));
    }

    private static List<ConfigOption> sourceKeys() {
        return List.of(
                ConfigOption.of("query", SQL, "The same as the mapping's `custom_query`."),
                ConfigOption.of("select", SQL, "The same as the mapping's `custom_query`."),
                ConfigOption.block(
                        "watermark", BLOCK, ConfigSchema.WATERMARK, "The mapping's watermark."));
    }

    private static List<ConfigOption> destinationKeys() {
        return List.of(
                ConfigOption.oneOf(
                                "create_table",
                                List.of("if_missing", "never"),
                                "Whether a missing table or topic is made.")
                        .withDefault("if_missing"));
    }
}
