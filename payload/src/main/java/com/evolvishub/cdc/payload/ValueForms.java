package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.SqlType;
import java.util.regex.Pattern;

/**
 * Which form a type's values have. Built-in types go by name: {@code format_type} names the schema
 * of every other type. Of a domain only category and text are known, so its values go by these.
 */
final class ValueForms {

    private static final Pattern MODIFIER = Pattern.compile("\\([-0-9, ]*\\)");
    private static final ValueForm TEXT = ScalarForms::text;
    private static final ValueForm NUMBER = ScalarForms::number;
    private static final ValueForm TRUTH = ScalarForms::truth;

    private ValueForms() {}

    /** A form of its own for one column: forms keep scratch space. */
    static ValueForm of(SqlType type) {
        return switch (type.kind()) {
            case 'd' -> ofDomain(type.category());
            case 'c' -> new CompositeForm();
            default -> ofName(type.name());
        };
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

    private static ValueForm ofName(String name) {
        if (name.endsWith("[]")) {
            String element = name.substring(0, name.length() - 2);
            return new ArrayForm(ofName(element), delimiter(element));
        }
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

    /** All but these have a comma; a schema does not tell. */
    private static char delimiter(String element) {
        if (element.equals("box")) {
            return ';';
        }
        // PostGIS
        return element.endsWith(".geometry") || element.endsWith(".geography") ? ':' : ',';
    }
}
