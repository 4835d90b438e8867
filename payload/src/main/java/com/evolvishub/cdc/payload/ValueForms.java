package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which form a type's values have. Built-in types go by name: {@code format_type} names the schema
 * of every other type. Domains go by what they stand on, composites by their fields; where nobody
 * can tell these, as of the few that come with the server, by category and text.
 */
final class ValueForms {

    private static final Pattern MODIFIER = Pattern.compile("\\([-0-9, ]*\\)");
    private static final Pattern POSTGIS =
            Pattern.compile(".*\\.(geometry|geography)(\\(.*\\))?", Pattern.DOTALL);
    private static final ValueForm TEXT = ScalarForms::text;
    private static final ValueForm NUMBER = ScalarForms::number;
    private static final ValueForm TRUTH = ScalarForms::truth;

    private final TypeMakings makings;

    private ValueForms(TypeMakings makings) {
        this.makings = makings;
    }

    /** A form of its own for one column: forms keep scratch space. */
    static ValueForm of(SqlType type) {
        ValueForms forms = new ValueForms(new TypeMakings(type.definitions()));
        if (type.kind() == 'd' && type.base().equals(type.name())) {
            return ofDomain(type.category());
        }
        if (type.kind() == 'c' && type.definitions().isEmpty()) {
            return new CompositeForm();
        }
        return forms.ofName(type.base());
    }

    private static ValueForm ofDomain(char category) {
        return switch (category) {
            case 'N' -> NUMBER;
            case 'B' -> TRUTH;
            case 'D' -> new TimeForm();
            case 'C' -> new CompositeForm();
            case 'A' -> new ArrayForm(TEXT, ',');
            default -> TEXT;
        };
    }

    private ValueForm ofName(String name) {
        String type = base(name);
        if (type.endsWith("[]")) {
            String element = type.substring(0, type.length() - 2);
            return new ArrayForm(ofName(element), delimiter(element));
        }
        Optional<List<TypeMakings.Field>> fields = makings.fields(type);
        return fields.isPresent() ? ofFields(fields.get()) : builtIn(type);
    }

    /** What is below all domains. */
    private String base(String name) {
        return makings.below(name).map(this::base).orElse(name);
    }

    private ValueForm ofFields(List<TypeMakings.Field> fields) {
        List<CompositeForm.Field> forms = new ArrayList<>(fields.size());
        for (TypeMakings.Field field : fields) {
            forms.add(new CompositeForm.Field(field.name(), ofName(field.type())));
        }
        return new CompositeForm(forms);
    }

    private static ValueForm builtIn(String name) {
        return switch (MODIFIER.matcher(name).replaceAll("")) {
            case "smallint", "integer", "bigint", "real", "double precision", "numeric", "oid" ->
                    NUMBER;
            case "boolean" -> TRUTH;
            case "date",
                    "time without time zone",
                    "time with time zone",
                    "timestamp without time zone",
                    "timestamp with time zone" ->
                    new TimeForm();
            case "bytea" -> new BytesForm();
            case "json", "jsonb" -> new JsonForm();
            case "int2vector", "oidvector" -> new VectorForm();
            case "record" -> new CompositeForm();
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
