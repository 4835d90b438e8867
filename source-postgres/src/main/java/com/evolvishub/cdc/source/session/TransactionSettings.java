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
 * The settings of each transaction at a source, and their reasons. The settings are sent with
 * {@code BEGIN} as one message and end with the transaction ({@code SET LOCAL}). So a transaction
 * pooler may use another server process for each transaction, and the next client of that process
 * finds it unchanged. {@code SET} takes no database snapshot: a lock may be taken after these
 * settings and before the first read.
 *
 * <p>{@code idle_session_timeout} is not set: it only applies outside of transactions. A session
 * that it ended is replaced at the next poll.
 */
final class TransactionSettings {

    /** The text of a value depends on these settings; rows are read as text. */
    private static final List<Setting> TEXT_SETTINGS =
            List.of(
                    new Setting("DateStyle", "ISO, YMD"),
                    new Setting("IntervalStyle", "postgres"),
                    // the shortest text that is read back as the same number
                    new Setting("extra_float_digits", "3"),
                    new Setting("bytea_output", "hex"),
                    new Setting("lc_monetary", "C"),
                    // names from format_type and regclass are compared with ours
                    new Setting("quote_all_identifiers", "off"));

    /**
     * All timeouts of the server, so that a setting of the role or the database does not end a
     * working read.
     */
    private static final List<Setting> TIMEOUTS =
            List.of(
                    // a large view may take an hour to its first row; LivenessProbe checks the
                    // server instead
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
     * @param since the first major version of the server that has it
     */
    private record Setting(String name, String value, int since) {
        Setting(String name, String value) {
            this(name, value, 0);
        }
    }

    /** A poll must not wait in a lock queue, where other sessions would wait behind it. */
    private static final String POLL_LOCK_TIMEOUT = "100ms";

    /** A user waits for the answer of a query outside of polls. */
    private static final String QUERY_LOCK_TIMEOUT = "5s";

    private final String fixed;
    private final String zone;
    private final String lockTimeout;

    /**
     * @param majorVersion the server's
     * @param searchPath schemas as in {@code search_path}; empty: the role's own
     */
    TransactionSettings(int majorVersion, Optional<String> searchPath) {
        List<Setting> settings = new ArrayList<>(TEXT_SETTINGS);
        settings.addAll(TIMEOUTS);
        StringBuilder statements = new StringBuilder();
        settings.stream()
                .filter(setting -> setting.since() <= majorVersion)
                .forEach(
                        setting ->
                                statements
                                        .append("; SET LOCAL ")
                                        .append(setting.name())
                                        .append(" TO ")
                                        .append(SqlLiteral.quote(setting.value())));
        searchPath.ifPresent(
                path ->
                        statements
                                .append("; SET LOCAL search_path TO ")
                                .append(quoted(names(path))));
        this.fixed = statements.toString();
        this.zone = "UTC";
        this.lockTimeout = POLL_LOCK_TIMEOUT;
    }

    private TransactionSettings(String fixed, String zone, String lockTimeout) {
        this.fixed = fixed;
        this.zone = zone;
        this.lockTimeout = lockTimeout;
    }

    /**
     * The same settings with {@code pg_catalog} before the other schemas of the role's search path.
     * Our statements qualify functions, but not operators and types: those of a user's type are in
     * the user's schema. The server searches {@code pg_catalog} first unless the path lists it
     * after others; then an operator of such a schema could change a comparison of ours. An
     * operator for exactly a user's types, or for types that {@code pg_catalog} only compares as
     * others ({@code varchar}), is found as in the role's own sessions.
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
     * The same settings in another time zone than UTC: that of the role, so that a view returns the
     * same values as in the role's own sessions.
     */
    TransactionSettings withTimeZone(String otherZone) {
        return new TransactionSettings(fixed, otherZone, lockTimeout);
    }

    /** The same settings for queries outside of polls. */
    TransactionSettings forOneTimeQueries() {
        return new TransactionSettings(fixed, zone, QUERY_LOCK_TIMEOUT);
    }

    /**
     * The statements that begin a transaction, sent as one message.
     *
     * @param isolation such as {@code REPEATABLE READ}
     * @param applicationName shown in the server's activity view; other readers of this program
     *     recognize the transaction by it
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

    /** Parses {@code search_path} like the server: names without quotes become lower case. */
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
