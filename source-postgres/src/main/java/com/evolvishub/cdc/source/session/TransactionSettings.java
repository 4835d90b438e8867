package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is set for each transaction at a source, and why. The settings travel with {@code BEGIN} as
 * one message and end with the transaction ({@code SET LOCAL}). So a transaction pooler in between
 * may give each transaction another server process, and whoever gets that process next finds it
 * unchanged. {@code SET} takes no data snapshot: a lock may be taken behind these settings and
 * before the first read.
 *
 * <p>{@code idle_session_timeout} is not among them: it counts outside of transactions only. A
 * session that it ended is replaced by a new one at the next poll.
 */
final class TransactionSettings {

    /** The text of a value depends on these; a row travels as text. */
    private static final List<Setting> TEXT_OF_VALUES =
            List.of(
                    new Setting("DateStyle", "ISO, YMD"),
                    new Setting("IntervalStyle", "postgres"),
                    // the shortest text that is read back as the same number
                    new Setting("extra_float_digits", "3"),
                    new Setting("bytea_output", "hex"),
                    new Setting("lc_monetary", "C"),
                    // format_type and regclass write names; they are compared with ours
                    new Setting("quote_all_identifiers", "off"));

    /**
     * Every time-out that the server knows, so that a role's or a database's setting does not end a
     * read that works.
     */
    private static final List<Setting> TIME_OUTS =
            List.of(
                    // a large view may take an hour to its first row; Liveness watches instead
                    new Setting("statement_timeout", "0"),
                    // rows wait in the server while the destination is slow, for 30 s at most
                    new Setting("idle_in_transaction_session_timeout", "0"),
                    new Setting("transaction_timeout", "0", 17));

    private static final String CATALOG = "pg_catalog";

    private static final Pattern SCHEMA =
            Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")+)\"|([^,\"]+))");

    /**
     * A setting.
     *
     * @param since the first major version of the server that knows it
     */
    private record Setting(String name, String value, int since) {
        Setting(String name, String value) {
            this(name, value, 0);
        }
    }

    /** A poll never stands in the queue of a lock, where others would wait behind it. */
    private static final String POLL_WAITS_FOR_A_LOCK = "100ms";

    /** Somebody waits for the answer to a question that is asked once. */
    private static final String QUESTION_WAITS_FOR_A_LOCK = "5s";

    private final String fixed;
    private final String zone;
    private final String lockTimeout;

    /**
     * @param majorVersion the server's
     * @param searchPath schemas as {@code search_path} takes them; nothing: the role's own
     */
    TransactionSettings(int majorVersion, Optional<String> searchPath) {
        List<Setting> all = new ArrayList<>(TEXT_OF_VALUES);
        all.addAll(TIME_OUTS);
        StringBuilder text = new StringBuilder();
        all.stream()
                .filter(setting -> setting.since() <= majorVersion)
                .forEach(
                        setting ->
                                text.append("; SET LOCAL ")
                                        .append(setting.name())
                                        .append(" TO ")
                                        .append(SqlLiteral.quote(setting.value())));
        searchPath.ifPresent(
                path -> text.append("; SET LOCAL search_path TO ").append(quoted(names(path))));
        this.fixed = text.toString();
        this.zone = "UTC";
        this.lockTimeout = POLL_WAITS_FOR_A_LOCK;
    }

    private TransactionSettings(String fixed, String zone, String lockTimeout) {
        this.fixed = fixed;
        this.zone = zone;
        this.lockTimeout = lockTimeout;
    }

    /**
     * The same with {@code pg_catalog} before the other schemas of the role's own search path. Our
     * statements name the schema of each function, but not of operators and types: those of a
     * user's type live where the user has put them. The server searches {@code pg_catalog} first
     * unless the path lists it behind others; then an operator there could change a comparison of
     * ours. An operator for exactly a user's types, or for types that {@code pg_catalog} compares
     * only as others ({@code varchar}), is found as in the role's own sessions.
     *
     * @param path the role's {@code search_path}
     */
    TransactionSettings withSearchPath(String path) {
        List<String> names = names(path);
        return names.indexOf(CATALOG) <= 0
                ? this
                : new TransactionSettings(
                        fixed + "; SET LOCAL search_path TO " + quoted(names), zone, lockTimeout);
    }

    /**
     * The same in another zone than UTC: that of the role, so that a view shows what it shows to
     * the role's own sessions.
     */
    TransactionSettings withTimeZone(String otherZone) {
        return new TransactionSettings(fixed, otherZone, lockTimeout);
    }

    /** The same, for what is asked once and not by a poll. */
    TransactionSettings forOneTimeQueries() {
        return new TransactionSettings(fixed, zone, QUESTION_WAITS_FOR_A_LOCK);
    }

    /**
     * The statements that begin a transaction, to be sent as one message.
     *
     * @param isolation such as {@code REPEATABLE READ}
     * @param applicationName the server's activity view shows it; other readers of this program
     *     recognise the transaction by it
     */
    String begin(String isolation, String applicationName) {
        return "BEGIN ISOLATION LEVEL "
                + isolation
                + ", READ ONLY; SET LOCAL application_name TO "
                + SqlLiteral.quote(applicationName)
                + "; SET LOCAL TimeZone TO "
                + SqlLiteral.quote(zone)
                + "; SET LOCAL lock_timeout TO "
                + SqlLiteral.quote(lockTimeout)
                + fixed;
    }

    /** As the server reads the text of {@code search_path}: a name without quotes in lower case. */
    private static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        Matcher next = SCHEMA.matcher(path);
        while (next.find()) {
            String name =
                    next.group(1) == null
                            ? next.group(2).strip().toLowerCase(Locale.ROOT)
                            : next.group(1).replace("\"\"", "\"");
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private static String quoted(List<String> names) {
        List<String> quoted = new ArrayList<>();
        if (names.contains(CATALOG)) {
            quoted.add(SqlIdentifier.quote(CATALOG));
        }
        names.stream()
                .filter(name -> !name.equals(CATALOG))
                .map(SqlIdentifier::quote)
                .forEach(quoted::add);
        return quoted.isEmpty() ? "''" : String.join(", ", quoted);
    }
}
