package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * Encodes the text of dead letters so that the database can store it. A row may be rejected because
 * its characters do not exist in the database's encoding; its dead letter must still be stored.
 */
final class DeadLetterTextEncoder {

    // the escapes that the server writes
    private static final Map<Character, String> SHORT_ESCAPES =
            Map.of('\b', "\\b", '\f', "\\f", '\n', "\\n", '\r', "\\r", '\t', "\\t");

    // UTF8 has every character, SQL_ASCII accepts any bytes
    private static final Set<String> UNRESTRICTED_ENCODINGS = Set.of("UTF8", "SQL_ASCII");

    private final boolean asciiOnly;

    DeadLetterTextEncoder(boolean asciiOnly) {
        this.asciiOnly = asciiOnly;
    }

    static DeadLetterTextEncoder of(PostgresSession session) throws SQLException {
        String encoding =
                session.connection()
                        .unwrap(PGConnection.class)
                        .getParameterStatus("server_encoding");
        return new DeadLetterTextEncoder(
                !UNRESTRICTED_ENCODINGS.contains(String.valueOf(encoding)));
    }

    /** Returns the text, with JSON escapes for characters that the database cannot store. */
    String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> append(out, (char) c));
        return out.toString();
    }

    /** Returns a JSON object, with escapes for characters that the database cannot store. */
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
            } else if (SHORT_ESCAPES.containsKey(c)) {
                out.append(SHORT_ESCAPES.get(c));
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
