package com.evolvishub.cdc.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The documentation page that describes messages. */
final class MessagesPage {

    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\|$", Pattern.MULTILINE);
    private static final Pattern SQL =
            Pattern.compile("^```sql\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final String text;

    private MessagesPage(String text) {
        this.text = text;
    }

    static MessagesPage messages() throws IOException {
        return new MessagesPage(Files.readString(Path.of("..", "docs", "messages.md")));
    }

    String text() {
        return text;
    }

    /** A type, a value as the server prints it, and its JSON in a message. */
    record Value(String type, String server, String message) {}

    /** Returns the rows of the table of types. */
    List<Value> values() {
        return ROW.matcher(text)
                .results()
                .map(row -> new Value(row.group(1), row.group(2), row.group(3)))
                .toList();
    }

    /** Returns the statements that create the user-defined types. */
    String sql() {
        return SQL.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(block -> block.replaceAll("```(sql)?", ""))
                .findFirst()
                .orElseThrow();
    }
}
