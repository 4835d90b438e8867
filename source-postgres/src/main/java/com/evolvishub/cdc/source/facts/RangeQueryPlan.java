package com.evolvishub.cdc.source.facts;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The server's plan for a range query. Shows whether the range's lower bound limits the rows that
 * are read, or only filters them afterwards.
 *
 * @param nodes in the order of the plan's text, the root first
 * @param marker the lower bound, which identifies its conditions
 */
record RangeQueryPlan(List<PlanStep> nodes, String marker) {

    private static final String ARROW = "->  ";

    /**
     * A step of the plan.
     *
     * @param title such as {@code Seq Scan on orders o}
     * @param lines further lines of the step
     * @param below the steps it reads from
     */
    record PlanStep(String title, List<String> lines, List<PlanStep> below) {

        private Optional<String> condition(String start, String marker) {
            return lines.stream()
                    .filter(line -> line.startsWith(start) && line.contains(marker))
                    .findFirst();
        }
    }

    /**
     * A condition that only filters rows after they are read.
     *
     * @param node the step with the filter
     * @param operand the expression that is compared with the bound
     */
    record Filtered(PlanStep node, String operand) {}

    /**
     * An index scan.
     *
     * @param name the index
     * @param condition the index condition
     */
    record IndexProbe(String name, String condition) {}

    /**
     * Parses a plan.
     *
     * @param text the output of {@code EXPLAIN (COSTS OFF)}
     */
    static RangeQueryPlan parse(List<String> text, String marker) {
        List<PlanStep> nodes = new ArrayList<>();
        Deque<Integer> indents = new ArrayDeque<>();
        Deque<PlanStep> open = new ArrayDeque<>();
        for (String line : text) {
            int indent = line.length() - line.stripLeading().length();
            String content = line.strip();
            boolean starts = nodes.isEmpty() || content.startsWith(ARROW);
            if (!starts) {
                nodes.get(nodes.size() - 1).lines().add(content);
                continue;
            }
            PlanStep node =
                    new PlanStep(content.replace(ARROW, ""), new ArrayList<>(), new ArrayList<>());
            while (!indents.isEmpty() && indents.element() >= indent) {
                indents.pop();
                open.pop();
            }
            if (!open.isEmpty()) {
                open.element().below().add(node);
            }
            // the root has no arrow, and the smallest indent
            indents.push(nodes.isEmpty() ? -1 : indent);
            open.push(node);
            nodes.add(node);
        }
        return new RangeQueryPlan(nodes, marker);
    }

    /** Whether the title of a step begins with this text. */
    boolean has(String title) {
        return nodes.stream().anyMatch(node -> node.title().startsWith(title));
    }

    /** Whether the server knows without reading that there are no rows. */
    boolean isEmpty() {
        return nodes.stream()
                .anyMatch(node -> node.lines().stream().anyMatch("One-Time Filter: false"::equals));
    }

    /**
     * The first step that reads more than the range, and the expression it compares with the bound.
     */
    Optional<Filtered> filtered() {
        for (PlanStep node : nodes) {
            Optional<String> filter =
                    node.condition("Filter: ", marker)
                            .or(() -> node.condition("Join Filter: ", marker));
            if (filter.isPresent() && !isProbed(node)) {
                return Optional.of(new Filtered(node, operand(filter.get())));
            }
        }
        return Optional.empty();
    }

    private boolean isProbed(PlanStep node) {
        return node.condition("Index Cond: ", marker).isPresent()
                || node.below().stream().anyMatch(this::isProbed);
    }

    /** The index scans with the bound in their condition. */
    List<IndexProbe> probes() {
        List<IndexProbe> probes = new ArrayList<>();
        for (PlanStep node : nodes) {
            node.condition("Index Cond: ", marker)
                    .ifPresent(
                            condition ->
                                    probes.add(new IndexProbe(index(node.title()), condition)));
        }
        return probes;
    }

    /** The index of {@code Index Scan using i on t}, or {@code Bitmap Index Scan on i}. */
    private static String index(String title) {
        String from = title.contains(" using ") ? " using " : " on ";
        String name = title.substring(title.indexOf(from) + from.length());
        if (name.startsWith("\"")) {
            int end = 1;
            while (end < name.length() && (name.charAt(end) != '"' || next(name, end) == '"')) {
                end += name.charAt(end) == '"' ? 2 : 1;
            }
            return name.substring(1, Math.min(end, name.length())).replace("\"\"", "\"");
        }
        return name.split(" ", 2)[0];
    }

    private static char next(String text, int at) {
        return at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    }

    /** The expression before the comparison with the bound, back to its opening parenthesis. */
    private String operand(String filter) {
        int end = filter.lastIndexOf(" > ", filter.indexOf(marker));
        int depth = 0;
        int start = end;
        while (start > 0) {
            char before = filter.charAt(start - 1);
            depth += before == ')' ? 1 : before == '(' ? -1 : 0;
            if (depth < 0) {
                break;
            }
            start--;
        }
        return end < 0 ? "it" : filter.substring(start, end);
    }
}
