package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which form a type's values have. Built-in types go by name: {@code format_type} names the schema
 * of every other type. Domains go by what they stand on, composites by their fields; where nobody
 * can tell these, as of the few that come with the server, by category and text.
 */
final class ValueEncoders {

    private static final Pattern MODIFIER = Pattern.compile("\\([-0-9, ]*\\)");
    private static final Pattern POSTGIS =
            Pattern.compile(".*\\.(geometry|geography)(\\(.*\\))?", Pattern.DOTALL);
    private static final ValueEncoder TEXT = ScalarEncoders::text;
    private static final ValueEncoder NUMBER = ScalarEncoders::number;
    private static final ValueEncoder BOOLEAN = ScalarEncoders::bool;

    private final TypeStructure structure;

    private ValueEncoders(TypeStructure makings) {
        this.structure = makings;
    }

    /** A form of its own for one column: forms keep scratch space. */
    static ValueEncoder of(SqlType type) {
        ValueEncoders forms = new ValueEncoders(new TypeStructure(type.definitions()));
        if (type.kind() == 'd' && type.base().equals(type.name())) {
            return ofDomain(type.category());
        }
        if (type.kind() == 'c' && type.definitions().isEmpty()) {
            return new CompositeEncoder();
        }
        return forms.ofName(type.base());
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

    /** What is below all domains. */
    private String base(String name) {
        return structure.baseTypeOf(name).map(this::base).orElse(name);
    }

    private ValueEncoder ofFields(List<TypeStructure.Field> fields) {
        List<CompositeEncoder.Field> forms = new ArrayList<>(fields.size());
        for (TypeStructure.Field field : fields) {
            forms.add(new CompositeEncoder.Field(field.name(), ofName(field.type())));
        }
        return new CompositeEncoder(forms);
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

    /** All but these have a comma; a schema does not tell. A domain has that of its base. */
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
