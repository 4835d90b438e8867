package com.evolvishub.cdc.planner.sql;

import com.evolvishub.cdc.planner.sql.PollQuery.Part;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.PollQuery.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Finds the placeholders in a user's SQL: {@code %(last_sync)s}, {@code :last_sync} and {@code
 * :batch_size}. It follows PostgreSQL's lexical rules, so that strings, quoted names, comments,
 * dollar quotes, casts, {@code :=} and array slices stay unchanged. {@code %%} becomes {@code %},
 * as in queries that Python binds. A semicolon at the end is removed.
 *
 * <p>An instance parses one text, once.
 */
public final class PollQueryParser {

    private static final String KNOWN = "%(last_sync)s, :last_sync and :batch_size";
    private static final char SUBSCRIPT = 's';
    private static final char NO_TOKEN = ';';

    private final String sql;
    private final List<Part> parts = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final List<SqlToken> tokens = new ArrayList<>();

    /** The open brackets: {@code (}, {@code [} of an array constructor, or {@link #SUBSCRIPT}. */
    private final Deque<Character> open = new ArrayDeque<>();

    private int at;
    private boolean empty = true;
    private boolean ended;

    /** Last character of the last token. */
    private char lastToken = NO_TOKEN;

    private String lastWord = "";

    private PollQueryParser(String sql) {
        this.sql = sql;
    }

    /**
     * The result of parsing.
     *
     * @param query the query; incomplete if there are problems
     * @param problems each with its line in the query and the remedy; empty: the query is valid
     */
    public record Parsed(PollQuery query, List<String> problems) {
        public Parsed {
            Objects.requireNonNull(query, "query");
            problems = List.copyOf(problems);
        }
    }

    /** Parses a query. */
    public static Parsed parse(String sql) {
        return new PollQueryParser(sql).run();
    }

    /** The tokens of a query, without comments. */
    static List<SqlToken> tokens(String sql) {
        PollQueryParser parser = new PollQueryParser(sql);
        parser.run();
        return List.copyOf(parser.tokens);
    }

    private Parsed run() {
        while (at < sql.length()) {
            step();
        }
        if (empty) {
            problems.add("the query is empty");
        }
        if (!open.isEmpty()) {
            problem(sql.length(), "a \"" + (open.peek() == '(' ? "(" : "[") + "\" is never closed");
        }
        endText();
        return new Parsed(new PollQuery(parts), problems);
    }

    private void step() {
        char c = sql.charAt(at);
        if (isSpace(c)) {
            copyTo(at + 1);
        } else if (sql.startsWith("--", at)) {
            copyTo(lineEnd(at));
        } else if (sql.startsWith("/*", at)) {
            copyTo(blockCommentEnd());
        } else if (c == ';') {
            // only white space, comments and more semicolons may follow
            ended = !empty;
            at++;
        } else if (ended && !empty) {
            problem(at, "a second statement starts here; one query is all a mapping can have");
            at = sql.length();
            open.clear();
        } else {
            empty = false;
            token(c);
        }
    }

    private void token(char c) {
        if (c == '\'') {
            closed(stringEnd(at, false), "string");
        } else if (c == '"') {
            closed(quotedEnd(at, '"', false), "quoted name");
        } else if (isNameStart(c)) {
            word();
        } else if (isDigit(c)) {
            int end = at;
            while (end < sql.length() && isDigit(sql.charAt(end))) {
                end++;
            }
            copyToken(end);
        } else if (c == '$') {
            dollar();
        } else if (c == ':') {
            colon();
        } else if (c == '%') {
            percent();
        } else {
            bracket(c);
            copyToken(at + 1);
        }
    }

    private void word() {
        int end = nameEnd(at);
        String word = sql.substring(at, end);
        if (word.equalsIgnoreCase("e") && end < sql.length() && sql.charAt(end) == '\'') {
            closed(stringEnd(end, true), "string");
            return;
        }
        String lower = word.toLowerCase(Locale.ROOT);
        tokens.add(new SqlToken(word, lower));
        copyQuietly(end);
        lastWord = lower;
    }

    private void dollar() {
        int tagEnd = at + 1;
        if (tagEnd < sql.length() && isNameStart(sql.charAt(tagEnd))) {
            while (tagEnd < sql.length()
                    && isNamePart(sql.charAt(tagEnd))
                    && sql.charAt(tagEnd) != '$') {
                tagEnd++;
            }
        }
        if (tagEnd < sql.length() && sql.charAt(tagEnd) == '$') {
            String tag = sql.substring(at, tagEnd + 1);
            int close = sql.indexOf(tag, tagEnd + 1);
            closed(close < 0 ? -1 : close + tag.length(), "dollar-quoted string");
            return;
        }
        if (tagEnd < sql.length() && isDigit(sql.charAt(tagEnd))) {
            problem(at, "a numbered parameter like $1 cannot be bound; known are " + KNOWN);
        }
        copyToken(at + 1);
    }

    private void colon() {
        if (sql.startsWith("::", at) || sql.startsWith(":=", at)) {
            copyToken(at + 2);
            return;
        }
        boolean slice = !open.isEmpty() && open.peek() == SUBSCRIPT;
        boolean named = at + 1 < sql.length() && isNameStart(sql.charAt(at + 1));
        if (!slice && named) {
            int end = nameEnd(at + 1);
            switch (sql.substring(at + 1, end)) {
                case "last_sync" -> placeholder(Placeholder.LAST_SYNC, end);
                case "batch_size" -> placeholder(Placeholder.BATCH_SIZE, end);
                default -> copyToken(at + 1);
            }
            return;
        }
        copyToken(at + 1);
    }

    private void percent() {
        if (sql.startsWith("%%", at)) {
            text.append('%');
            at += 2;
            lastToken = '%';
            lastWord = "";
            return;
        }
        if (sql.startsWith("%(last_sync)s", at)) {
            placeholder(Placeholder.LAST_SYNC, at + "%(last_sync)s".length());
            return;
        }
        int nameEnd =
                at + 2 < sql.length()
                                && sql.charAt(at + 1) == '('
                                && isNameStart(sql.charAt(at + 2))
                        ? nameEnd(at + 2)
                        : -1;
        if (nameEnd > 0 && sql.startsWith(")s", nameEnd) && !isNamePartAt(nameEnd + 2)) {
            String found = sql.substring(at, nameEnd + 2);
            problem(at, "unknown parameter " + found + "; known are " + KNOWN);
            copyToken(nameEnd + 2);
            return;
        }
        copyToken(at + 1);
    }

    private void bracket(char c) {
        switch (c) {
            case '(' -> open.push('(');
            case '[' -> open.push(startsArray() ? '[' : SUBSCRIPT);
            case ')' -> close(c, !open.isEmpty() && open.peek() == '(');
            case ']' -> close(c, !open.isEmpty() && open.peek() != '(');
            default -> {}
        }
    }

    /**
     * {@code ARRAY[} and the brackets directly inside it construct an array; all others are
     * subscripts.
     */
    private boolean startsArray() {
        return lastWord.equals("array") || lastToken == '[' || lastToken == ',';
    }

    private void close(char c, boolean matches) {
        if (matches) {
            open.pop();
        } else {
            problem(at, "a \"" + c + "\" closes nothing");
        }
    }

    private void closed(int end, String what) {
        if (end < 0) {
            problem(at, "a " + what + " is never closed");
            open.clear();
        }
        copyToken(end < 0 ? sql.length() : end);
    }

    private void placeholder(Placeholder placeholder, int end) {
        endText();
        parts.add(placeholder);
        tokens.add(
                new SqlToken(
                        placeholder == Placeholder.BATCH_SIZE ? ":batch_size" : ":last_sync", ""));
        at = end;
        lastToken = 'p';
        lastWord = "";
    }

    private void copyToken(int end) {
        tokens.add(new SqlToken(sql.substring(at, end), ""));
        copyQuietly(end);
    }

    private void copyQuietly(int end) {
        lastToken = sql.charAt(end - 1);
        lastWord = "";
        copyTo(end);
    }

    private void copyTo(int end) {
        if (!ended) {
            text.append(sql, at, end);
        }
        at = end;
    }

    private void endText() {
        if (!text.isEmpty()) {
            parts.add(new Text(text.toString()));
            text.setLength(0);
        }
    }

    private void problem(int position, String message) {
        long line = 1 + sql.substring(0, position).chars().filter(c -> c == '\n').count();
        problems.add(message + " (line " + line + " of the query)");
    }

    /** The end of a string with its continuations on later lines; -1: it is not closed. */
    private int stringEnd(int quote, boolean backslashes) {
        int end = quotedEnd(quote, '\'', backslashes);
        int next = end < 0 ? -1 : continuation(end);
        while (next >= 0) {
            end = quotedEnd(next, '\'', backslashes);
            next = end < 0 ? -1 : continuation(end);
        }
        return end;
    }

    /** The index of the quote that continues the string ended at {@code end}; -1: none. */
    private int continuation(int end) {
        boolean newline = false;
        int i = end;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '\'') {
                return newline ? i : -1;
            } else if (isSpace(c)) {
                newline |= c == '\n' || c == '\r';
                i++;
            } else if (newline && sql.startsWith("--", i)) {
                i = lineEnd(i);
            } else {
                return -1;
            }
        }
        return -1;
    }

    private int quotedEnd(int start, char quote, boolean backslashes) {
        int i = start + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (backslashes && c == '\\') {
                i += 2;
            } else if (c != quote) {
                i++;
            } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                i += 2;
            } else {
                return i + 1;
            }
        }
        return -1;
    }

    private int blockCommentEnd() {
        int depth = 0;
        int i = at;
        while (i < sql.length()) {
            if (sql.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (sql.startsWith("*/", i)) {
                depth--;
                i += 2;
                if (depth == 0) {
                    return i;
                }
            } else {
                i++;
            }
        }
        problem(at, "a comment is never closed");
        open.clear();
        return sql.length();
    }

    private int lineEnd(int from) {
        int i = from;
        while (i < sql.length() && sql.charAt(i) != '\n' && sql.charAt(i) != '\r') {
            i++;
        }
        return i;
    }

    private int nameEnd(int from) {
        int i = from;
        while (isNamePartAt(i)) {
            i++;
        }
        return i;
    }

    private boolean isNamePartAt(int i) {
        return i < sql.length() && isNamePart(sql.charAt(i));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c) || c == '$';
    }
}
