package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * Text of dead letters as the database can hold it. A row may be refused for the very reason that
 * its characters are not in the database's encoding; its letter must not be.
 */
final class DeadLetterTextEncoder {

    // as the server writes them
    private static final Map<Character, String> SHORT =
            Map.of('\b', "\\b", '\f', "\\f", '\n', "\\n", '\r', "\\r", '\t', "\\t");

    // the first holds every character, the second takes any bytes
    private static final Set<String> TAKE_ALL = Set.of("UTF8", "SQL_ASCII");

    private final boolean asciiOnly;

    DeadLetterTextEncoder(boolean asciiOnly) {
        this.asciiOnly = asciiOnly;
    }

    static DeadLetterTextEncoder of(PostgresSession session) throws SQLException {
        String encoding =
                session.connection()
                        .unwrap(PGConnection.class)
                        .getParameterStatus("server_encoding");
        return new DeadLetterTextEncoder(!TAKE_ALL.contains(String.valueOf(encoding)));
    }

    /** The text itself, or with escapes as JSON has them. */
    String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> append(out, (char) c));
        return out.toString();
    }

    /** A JSON object. JSON text holds escapes of characters that the database has not. */
    String object(String[] names, String[] values) {
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < names.length; i++) {
            out.append(i == 0 ? "" : ", ");
            string(out, names[i]);
            out.append(" : ");
            if (values[i] == null) {
                out.append("null");
            } else {
                string(out, values[i]);
            }
        }
        return out.append('}').toString();
    }

    private void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (SHORT.containsKey(c)) {
                out.append(SHORT.get(c));
            } else if (c < ' ') {
                escape(out, c);
            } else {
                append(out, c);
            }
        }
        out.append('"');
    }

    private void append(StringBuilder out, char c) {
        if (asciiOnly && c > '~') {
            escape(out, c);
        } else {
            out.append(c);
        }
    }

    private static void escape(StringBuilder out, char c) {
        out.append("\\u%04x".formatted((int) c));
    }
}
