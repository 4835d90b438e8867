package com.evolvishub.cdc.planner.config.schema;

import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * Generates the JSON Schema of a file, in draft 7, which most editors support. It is less strict
 * than the reader: only the reader resolves references and finds conflicts between keys.
 */
public final class JsonSchemaGenerator {

    private static final String REFERENCE = "\\$\\{";
    private static final String TRUTH =
            "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff])$";

    private final ConfigSchema configSchema;
    private final JsonNodeFactory json = JsonNodeFactory.instance;

    private JsonSchemaGenerator(DestinationTypes types) {
        this.configSchema = new ConfigSchema(types);
    }

    /** The text of the schema; deterministic. */
    public static String of(DestinationTypes types) {
        return new JsonSchemaGenerator(types).schema().toPrettyString().replace("\r\n", "\n")
                + "\n";
    }

    private ObjectNode schema() {
        ObjectNode schema = json.objectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("title", "evolvishub-cdc: sources, destinations and mappings");
        ObjectNode singleMapping = schema.putObject("if");
        singleMapping.putObject("not").putArray("required").add("mappings");
        ArrayNode one = singleMapping.putArray("anyOf");
        for (String key : List.of("source", "destination", "destinations")) {
            one.addObject().putArray("required").add(key);
        }
        schema.set("then", reference("single"));
        schema.set("else", reference("multi"));
        ObjectNode definitions = schema.putObject("definitions");
        definitions.set("multi", blockSchema(configSchema.multiMappingFile()));
        definitions.set("single", blockSchema(configSchema.singleMappingFile()));
        for (String name :
                List.of(
                        ConfigSchema.MAPPING,
                        ConfigSchema.SYNC,
                        ConfigSchema.WATERMARK,
                        ConfigSchema.CHECKPOINT)) {
            definitions.set(name, blockSchema(configSchema.block(name)));
        }
        for (String role :
                List.of(ConfigSchema.SOURCE, ConfigSchema.DESTINATION, ConfigSchema.CONNECTION)) {
            definitions.set(role, endpoint(role));
        }
        return schema;
    }

    private ObjectNode blockSchema(BlockSchema blockSchema) {
        ObjectNode schema = json.objectNode();
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = json.arrayNode();
        for (ConfigOption key : blockSchema.keys()) {
            properties.set(key.name(), key(key));
            if (key.required()) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    /** The keys of all types, and for each type the names of its own keys. */
    private ObjectNode endpoint(String role) {
        EndpointSchema endpoints = configSchema.endpoints();
        ObjectNode schema = blockSchema(endpoints.block(role, Optional.empty()));
        if (!role.equals(ConfigSchema.CONNECTION)) {
            ArrayNode either = schema.putArray("anyOf");
            either.addObject().putArray("required").add("type");
            either.addObject().putArray("required").add("connection");
        }
        if (role.equals(ConfigSchema.SOURCE)) {
            return schema;
        }
        ArrayNode branches = schema.putArray("allOf");
        for (DestinationType type : endpoints.types().all()) {
            ObjectNode branch = branches.addObject();
            ObjectNode condition = branch.putObject("if");
            condition.putObject("properties").putObject("type").put("const", type.name());
            condition.putArray("required").add("type");
            ObjectNode then = branch.putObject("then");
            ObjectNode typeSchema = then.putObject("properties");
            type.options()
                    .forEach(
                            option ->
                                    typeSchema.set(option.name(), key(EndpointSchema.key(option))));
            ArrayNode names = then.putObject("propertyNames").putArray("enum");
            endpoints.block(role, Optional.of(type)).names().forEach(names::add);
        }
        return schema;
    }

    private ObjectNode key(ConfigOption key) {
        ObjectNode schema =
                switch (key.kind()) {
                    case TEXT -> key.choices().isEmpty() ? scalar() : choices(key.choices());
                    case SQL -> json.objectNode().put("type", "string");
                    case SECRET -> scalar();
                    case FLAG -> either(json.objectNode().put("type", "boolean"), TRUTH);
                    case COUNT -> either(number("integer", key), "^[0-9]+$");
                    case NUMBER -> either(number("number", key), "^[0-9.]+$");
                    case NAMES -> {
                        ObjectNode list = json.objectNode().put("type", "array");
                        list.set("items", scalar());
                        yield list;
                    }
                    case RENAMES, PARAMETERS -> {
                        ObjectNode block = json.objectNode().put("type", "object");
                        block.set("additionalProperties", scalar());
                        yield block;
                    }
                    case BLOCK -> wrapped(reference(key.blockName()));
                    case BLOCKS -> {
                        ObjectNode list = json.objectNode().put("type", "array");
                        list.put("minItems", 1);
                        list.set("items", reference(key.blockName()));
                        yield list;
                    }
                    case NAMED_BLOCKS -> {
                        ObjectNode block = json.objectNode().put("type", "object");
                        block.set("additionalProperties", reference(key.blockName()));
                        yield block;
                    }
                    case IGNORED ->
                            json.objectNode()
                                    .put(
                                            "deprecationMessage",
                                            "Has no effect: " + key.description());
                };
        return described(schema, key);
    }

    private static ObjectNode described(ObjectNode schema, ConfigOption key) {
        if (key.kind() == ConfigOption.Kind.IGNORED) {
            return schema.put("description", "Has no effect: " + key.description() + ".");
        }
        schema.put("description", key.description());
        if (!key.defaultValue().isEmpty()) {
            switch (key.kind()) {
                case FLAG -> schema.put("default", Boolean.parseBoolean(key.defaultValue()));
                case COUNT -> schema.put("default", Integer.parseInt(key.defaultValue()));
                case NUMBER -> schema.put("default", Double.parseDouble(key.defaultValue()));
                default -> schema.put("default", key.defaultValue());
            }
        }
        return schema;
    }

    private static ObjectNode number(String type, ConfigOption key) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", type);
        NumberRange range = key.range().orElseThrow();
        schema.put(range.above() ? "exclusiveMinimum" : "minimum", range.least().longValue());
        range.most().ifPresent(most -> schema.put("maximum", most.longValue()));
        return schema;
    }

    /** A value of the given kind, or a text of that kind or with a reference. */
    private ObjectNode either(ObjectNode typeSchema, String pattern) {
        ObjectNode schema = json.objectNode();
        ArrayNode kinds = schema.putArray("anyOf");
        kinds.add(typeSchema);
        kinds.addObject().put("type", "string").put("pattern", pattern + "|" + REFERENCE);
        return schema;
    }

    private ObjectNode choices(List<String> choices) {
        ObjectNode schema = json.objectNode();
        ArrayNode kinds = schema.putArray("anyOf");
        ArrayNode values = kinds.addObject().putArray("enum");
        choices.forEach(values::add);
        choices.stream()
                .filter(choice -> choice.matches("-?[0-9]+"))
                .map(Integer::valueOf)
                .forEach(values::add);
        kinds.addObject().put("type", "string").put("pattern", REFERENCE);
        return schema;
    }

    private ObjectNode scalar() {
        ObjectNode schema = json.objectNode();
        schema.putArray("type").add("string").add("number").add("boolean");
        return schema;
    }

    private ObjectNode reference(String definition) {
        return json.objectNode().put("$ref", "#/definitions/" + definition);
    }

    // draft 7 ignores the siblings of a $ref
    private ObjectNode wrapped(ObjectNode reference) {
        ObjectNode schema = json.objectNode();
        schema.putArray("allOf").add(reference);
        return schema;
    }
}
