package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds functions in a statement's columns whose result may differ between reads although no row
 * has changed: volatile ones, and clock functions. The server's plan lists them in its {@code
 * Output:} lines, including those inside views; conditions have other lines.
 */
final class VolatileFunctions {

    private static final Pattern CALL = Pattern.compile("([\\p{L}_][\\p{L}\\p{N}_$]*)\\(");
    private static final Pattern CLOCK =
            Pattern.compile("\\b(CURRENT_TIMESTAMP|CURRENT_TIME|LOCALTIMESTAMP|LOCALTIME)\\b");

    private static final String SQL =
            """
            SELECT DISTINCT p.proname || '()' FROM pg_catalog.pg_proc p
            WHERE p.proname = ANY (?::text[]) AND p.prokind = 'f' AND (p.provolatile = 'v'
              OR p.pronamespace = 'pg_catalog'::regnamespace
                AND p.proname IN ('now', 'transaction_timestamp', 'statement_timestamp'))
            ORDER BY 1
            """;

    private final SourceSession session;

    VolatileFunctions(SourceSession session) {
        this.session = session;
    }

    /**
     * Returns the functions' names for messages.
     *
     * @param select planned, not run; empty if planning fails
     */
    List<String> findIn(String select) throws SQLException {
        try {
            return session.inTransaction(() -> find(select));
        } catch (SQLException failure) {
            if (session.isUsable()) {
                return List.of();
            }
            throw failure;
        }
    }

    private List<String> find(String select) throws SQLException {
        Set<String> called = new TreeSet<>();
        List<String> volatileFunctions = new ArrayList<>();
        try (Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet plan =
                    statement.executeQuery("EXPLAIN (VERBOSE, COSTS OFF) " + select)) {
                while (plan.next()) {
                    String line = plan.getString(1).strip();
                    if (line.startsWith("Output:")) {
                        find(CALL, line, called);
                        Set<String> clocks = new TreeSet<>();
                        find(CLOCK, line, clocks);
                        clocks.forEach(
                                clock -> volatileFunctions.add(clock.toLowerCase(Locale.ROOT)));
                    }
                }
            }
        }
        try (PreparedStatement statement = session.connection().prepareStatement(SQL)) {
            statement.setArray(1, session.connection().createArrayOf("text", called.toArray()));
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    volatileFunctions.add(found.getString(1));
                }
            }
        }
        return volatileFunctions.stream().distinct().toList();
    }

    private static void find(Pattern pattern, String line, Set<String> names) {
        Matcher found = pattern.matcher(line);
        while (found.find()) {
            names.add(found.group(1));
        }
    }
}
