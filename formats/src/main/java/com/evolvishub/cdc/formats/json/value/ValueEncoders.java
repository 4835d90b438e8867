package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Chooses the encoder of a type. Built-in types are identified by name, because {@code format_type}
 * prints the schema of every other type. Domains use the encoder of their base type, composites
 * that of their fields. If these are unknown, as for a few types that the server provides, category
 * and text decide.
 */
final class ValueEncoders {

    private static final Pattern MODIFIER = Pattern.compile("\\([-0-9, ]*\\)");
    private static final Pattern POSTGIS =
            Pattern.compile(".*\\.(geometry|geography)(\\(.*\\))?", Pattern.DOTALL);
    private static final ValueEncoder TEXT = ScalarEncoders::text;
    private static final ValueEncoder NUMBER = ScalarEncoders::number;
    private static final ValueEncoder BOOLEAN = ScalarEncoders::bool;

    private final TypeStructure structure;

    private ValueEncoders(TypeStructure structure) {
        this.structure = structure;
    }

    /** Returns a new encoder for one column: encoders are not shared because they keep buffers. */
    static ValueEncoder of(SqlType type) {
        ValueEncoders encoders = new ValueEncoders(new TypeStructure(type.definitions()));
        if (type.kind() == 'd' && type.base().equals(type.name())) {
            return ofDomain(type.category());
        }
        if (type.kind() == 'c' && type.definitions().isEmpty()) {
            return new CompositeEncoder();
        }
        return encoders.ofName(type.base());
    }

    private static ValueEncoder ofDomain(char category) {
        return switch (category) {
            case 'N' -> NUMBER;
            case 'B' -> BOOLEAN;
            case 'D' -> new DateTimeEncoder();
            case 'C' -> new CompositeEncoder();
            case 'A' -> new ArrayEncoder(TEXT, ',');
            default -> TEXT;
        };
    }

    private ValueEncoder ofName(String name) {
        String type = base(name);
        if (type.endsWith("[]")) {
            String element = type.substring(0, type.length() - 2);
            return new ArrayEncoder(ofName(element), delimiter(element));
        }
        Optional<List<TypeStructure.Field>> fields = structure.fields(type);
        return fields.isPresent() ? ofFields(fields.get()) : builtIn(type);
    }

    /** Returns the base type below all domains. */
    private String base(String name) {
        return structure.baseTypeOf(name).map(this::base).orElse(name);
    }

    private ValueEncoder ofFields(List<TypeStructure.Field> fields) {
        List<CompositeEncoder.Field> encoders = new ArrayList<>(fields.size());
        for (TypeStructure.Field field : fields) {
            encoders.add(new CompositeEncoder.Field(field.name(), ofName(field.type())));
        }
        return new CompositeEncoder(encoders);
    }

    private static ValueEncoder builtIn(String name) {
        return switch (MODIFIER.matcher(name).replaceAll("")) {
            case "smallint", "integer", "bigint", "real", "double precision", "numeric", "oid" ->
                    NUMBER;
            case "boolean" -> BOOLEAN;
            case "date",
                    "time without time zone",
                    "time with time zone",
                    "timestamp without time zone",
                    "timestamp with time zone" ->
                    new DateTimeEncoder();
            case "bytea" -> new ByteaEncoder();
            case "json", "jsonb" -> new JsonPassThroughEncoder();
            case "int2vector", "oidvector" -> new VectorEncoder();
            case "record" -> new CompositeEncoder();
            default -> TEXT;
        };
    }

    /**
     * Returns the array delimiter, a comma except for these types; it is not part of the schema. A
     * domain has that of its base type.
     */
    private char delimiter(String element) {
        String type = base(element);
        if (type.endsWith("[]")) {
            return delimiter(type.substring(0, type.length() - 2));
        }
        if (type.equals("box")) {
            return ';';
        }
        return POSTGIS.matcher(type).matches() ? ':' : ',';
    }
}
