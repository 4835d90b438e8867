package com.evolvishub.cdc.planner.reader;

import static com.evolvishub.cdc.planner.reader.Key.Kind.BLOCK;
import static com.evolvishub.cdc.planner.reader.Key.Kind.PARAMETERS;
import static com.evolvishub.cdc.planner.reader.Key.Kind.SECRET;
import static com.evolvishub.cdc.planner.reader.Key.Kind.SQL;

import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.DestinationTypes;
import com.evolvishub.cdc.planner.destination.OptionKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of source, destination and connection blocks; some depend on the block's type. */
final class EndpointKeys {

    /** The one type that can be read from. */
    static final String SOURCE_TYPE = "postgresql";

    private static final List<String> NOT_YET =
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

    EndpointKeys(DestinationTypes types) {
        this.types = types;
    }

    DestinationTypes types() {
        return types;
    }

    /**
     * The keys of an endpoint.
     *
     * @param role {@link Vocabulary#SOURCE}, {@link Vocabulary#DESTINATION} or {@link
     *     Vocabulary#CONNECTION}
     * @param type the block's type; empty: not known, then the keys of all types will do
     */
    Section section(String role, Optional<DestinationType> type) {
        List<Key> keys = new ArrayList<>(common(role));
        Map<String, String> strangers = new LinkedHashMap<>(strangers(role));
        if (!role.equals(Vocabulary.SOURCE)) {
            Stream<Key> own =
                    type.map(known -> known.options().stream().map(EndpointKeys::key))
                            .orElseGet(() -> types.all().stream().flatMap(EndpointKeys::anyOption));
            own.filter(key -> keys.stream().noneMatch(k -> k.name().equals(key.name())))
                    .forEach(keys::add);
            for (DestinationType other : types.all()) {
                for (OptionKey option : other.options()) {
                    strangers.put(option.name(), foreign(option.name(), type));
                }
            }
            keys.forEach(key -> strangers.remove(key.name()));
        }
        return new Section(role, keys, strangers);
    }

    /** The option of a type, as a key. */
    static Key key(OptionKey option) {
        return switch (option.kind()) {
            case TEXT ->
                    option.choices().isEmpty()
                            ? Key.text(option.name(), option.description())
                            : Key.oneOf(option.name(), option.choices(), option.description());
            case COUNT -> Key.count(option.name(), Range.atLeast(0), option.description());
            case FLAG -> Key.of(option.name(), Key.Kind.FLAG, option.description());
            case SECRET -> Key.of(option.name(), SECRET, option.description());
        };
    }

    // types share names, but not their values: where the type is not known, any text will do
    private static Stream<Key> anyOption(DestinationType type) {
        return type.options().stream()
                .map(
                        option ->
                                option.kind() == OptionKey.Kind.SECRET
                                        ? key(option)
                                        : Key.text(option.name(), option.description()));
    }

    private String foreign(String option, Optional<DestinationType> type) {
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

    private static Map<String, String> strangers(String role) {
        Map<String, String> strangers = new LinkedHashMap<>();
        strangers.put("file_path", "belongs to a type that is not supported yet");
        strangers.put("cloud_storage", "belongs to a type that is not supported yet");
        if (role.equals(Vocabulary.DESTINATION)) {
            for (Key key : sourceKeys()) {
                strangers.put(key.name(), "is a key of a source, not of a destination");
            }
        }
        if (role.equals(Vocabulary.SOURCE)) {
            for (Key key : destinationKeys()) {
                strangers.put(key.name(), "is a key of a destination, not of a source");
            }
        }
        return strangers;
    }

    private List<Key> common(String role) {
        List<Key> keys = new ArrayList<>();
        keys.add(type(role));
        if (!role.equals(Vocabulary.CONNECTION)) {
            keys.add(
                    Key.text(
                            "connection",
                            "Name of a block under `connections` to take keys from."));
        }
        keys.addAll(serverKeys());
        if (!role.equals(Vocabulary.CONNECTION)) {
            keys.add(
                    Key.text(
                            "table",
                            "Table, view or `schema.name` (parts that hold dots in double quotes);"
                                    + " topic; stream."));
        }
        keys.add(Key.text("schema", "PostgreSQL schema."));
        if (role.equals(Vocabulary.SOURCE)) {
            keys.addAll(sourceKeys());
        }
        if (role.equals(Vocabulary.DESTINATION)) {
            keys.addAll(destinationKeys());
        }
        return keys;
    }

    private Key type(String role) {
        List<String> choices =
                role.equals(Vocabulary.SOURCE)
                        ? List.of(SOURCE_TYPE)
                        : Stream.concat(types.names().stream(), Stream.of(SOURCE_TYPE))
                                .distinct()
                                .filter(
                                        name ->
                                                role.equals(Vocabulary.CONNECTION)
                                                        || types.names().contains(name))
                                .sorted()
                                .toList();
        List<String> notYet = NOT_YET.stream().filter(name -> !choices.contains(name)).toList();
        return Key.text("type", "What kind of server it is.")
                .choosing(role.equals(Vocabulary.CONNECTION) ? "type" : role, choices, notYet);
    }

    private static List<Key> serverKeys() {
        return List.of(
                Key.text("host", "Name or address of the server."),
                Key.count(
                        "port", Range.between(1, 65535), "Its port; if not given, the type's own."),
                Key.text(
                        "database",
                        "Database; for Kafka a label, for Pulsar tenant/namespace, for Redis a"
                                + " number."),
                Key.text(
                        "username",
                        "Login. PostgreSQL, if not given: from the environment, see below."),
                Key.text("user", "The same as `username`."),
                Key.of(
                        "password",
                        SECRET,
                        "Its password. PostgreSQL, if not given: from the environment, see below."),
                Key.oneOf(
                        "ssl_mode",
                        List.of(
                                "disable",
                                "allow",
                                "prefer",
                                "require",
                                "verify-ca",
                                "verify-full"),
                        "Whether the connection is encrypted and the server checked."),
                Key.text("ssl_cert", "Path of the client's certificate."),
                Key.text("ssl_key", "Path of the client's private key."),
                Key.text("ssl_root_cert", "Path of the authorities to trust."),
                Key.number("connection_timeout", Range.above(0), "Seconds to wait for the server.")
                        .initially("30"),
                Key.of(
                        "additional_params",
                        PARAMETERS,
                        "Settings passed to the client: JDBC properties, producer settings."),
                Key.accepted("pool_size", "mappings share connections by themselves"),
                Key.accepted("max_overflow", "mappings share connections by themselves"));
    }

    private static List<Key> sourceKeys() {
        return List.of(
                Key.of("query", SQL, "The same as the mapping's `custom_query`."),
                Key.of("select", SQL, "The same as the mapping's `custom_query`."),
                Key.block("watermark", BLOCK, Vocabulary.WATERMARK, "The mapping's watermark."));
    }

    private static List<Key> destinationKeys() {
        return List.of(
                Key.oneOf(
                                "create_table",
                                List.of("if_missing", "never"),
                                "Whether a missing table or topic is made.")
                        .initially("if_missing"));
    }
}
