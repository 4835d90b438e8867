package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the server does with rows that are written to a table: row-level security, rules and
 * triggers.
 *
 * @param role whose privileges apply
 * @param rowSecurity whether row-level security applies to the role
 * @param commandsWithoutPolicy commands that no policy allows the role: SELECT, INSERT, UPDATE,
 *     DELETE; empty without row-level security
 * @param rules enabled rules for INSERT, UPDATE and DELETE
 * @param cascades foreign keys through which a delete changes rows of other tables, as display text
 * @param triggers whether a BEFORE trigger for each row exists, which may skip rows
 */
public record WriteSideEffects(
        String role,
        boolean rowSecurity,
        Set<String> commandsWithoutPolicy,
        List<Rule> rules,
        List<String> cascades,
        boolean triggers) {

    /** No side effects. */
    public static final WriteSideEffects NONE =
            new WriteSideEffects("", false, Set.of(), List.of(), List.of(), false);

    /**
     * A rule.
     *
     * @param event INSERT, UPDATE or DELETE
     * @param instead whether it replaces the command
     */
    record Rule(String name, String event, boolean instead) {}

    public WriteSideEffects {
        commandsWithoutPolicy = Set.copyOf(commandsWithoutPolicy);
        rules = List.copyOf(rules);
        cascades = List.copyOf(cascades);
    }

    /** Whether the server may skip rows without an error. */
    public boolean maySkip() {
        return triggers || rowSecurity;
    }

    /**
     * Returns the problems that prevent writing, each with its remedy.
     *
     * @param merges whether rows are merged by a key, rather than only appended
     * @param deletes whether rows are deleted
     */
    public List<String> problems(String table, boolean merges, boolean deletes) {
        List<String> problems = new ArrayList<>();
        policies(table, merges, deletes, problems);
        for (Rule rule : rules) {
            String name = SqlIdentifier.quote(rule.name());
            if (merges && !rule.event().equals("DELETE")) {
                problems.add(
                        ("rule %s: the server does not merge rows into a table that has rules for"
                                        + " INSERT or UPDATE; DROP RULE %s ON %s, a trigger does the same")
                                .formatted(name, name, table));
            } else if (deletes && rule.event().equals("DELETE") && rule.instead()) {
                problems.add(
                        ("rule %s: takes the place of every delete, so rows that are gone would"
                                        + " stay; DROP RULE %s ON %s")
                                .formatted(name, name, table));
            }
        }
        return problems;
    }

    private void policies(String table, boolean merges, boolean deletes, List<String> problems) {
        List<String> needed = new ArrayList<>(List.of("INSERT"));
        if (merges) {
            needed.add(0, "SELECT");
            needed.add("UPDATE");
        }
        if (deletes) {
            needed.add("DELETE");
        }
        needed.retainAll(commandsWithoutPolicy);
        if (!needed.isEmpty()) {
            problems.add(
                    ("%s: row-level security applies to role %s, and no policy allows it %s; CREATE"
                                    + " POLICY %s ON %s TO %s USING (true) WITH CHECK (true), or ALTER ROLE %s"
                                    + " BYPASSRLS")
                            .formatted(
                                    table,
                                    SqlIdentifier.quote(role),
                                    String.join(", ", needed),
                                    SqlIdentifier.quote("evolvishub_cdc " + role),
                                    table,
                                    SqlIdentifier.quote(role),
                                    SqlIdentifier.quote(role)));
        }
    }

    /** Returns notes about a table that can be written. */
    public List<String> notes(String table, boolean merges, boolean deletes) {
        List<String> notes = new ArrayList<>();
        if (rowSecurity) {
            notes.add(
                    ("%s: row-level security applies to role %s, so rows are written by INSERT and"
                                    + " not by COPY, which is slower%s")
                            .formatted(
                                    table,
                                    SqlIdentifier.quote(role),
                                    deletes
                                            ? "; a row that a policy hides is not deleted, and the"
                                                    + " log counts such deletes"
                                            : ""));
        }
        if (triggers) {
            notes.add(
                    ("%s: a trigger looks at each row before it is written and may drop it; such"
                                    + " rows do not count as written, and status tells how many there were"
                                    + " (rows_skipped)")
                            .formatted(table));
        }
        if (deletes && !cascades.isEmpty()) {
            notes.add(
                    ("%s: a row that is deleted here takes or changes rows of other tables with it:"
                                    + " %s. Those that their own mapping has delivered do not come"
                                    + " back before they change at the source")
                            .formatted(table, String.join(", ", cascades)));
        }
        String ignored =
                rules.stream()
                        .filter(rule -> rule.event().equals("INSERT") && !merges && !rowSecurity)
                        .map(rule -> SqlIdentifier.quote(rule.name()))
                        .collect(Collectors.joining(", "));
        if (!ignored.isEmpty()) {
            notes.add(
                    "%s: rows come by COPY, to which the server applies no rules: %s"
                            .formatted(table, ignored));
        }
        return notes;
    }
}
