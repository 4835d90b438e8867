package com.evolvishub.cdc.source.facts;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The server's plan for a range, read for one thing: whether the range's lower bound narrows what
 * is read, or only what is kept of it.
 *
 * @param nodes in the order of the plan's text, the root first
 * @param marker the lower bound, by which its conditions are known
 */
record RangeQueryPlan(List<PlanStep> nodes, String marker) {

    private static final String ARROW = "->  ";

    /**
     * A step of the plan.
     *
     * @param title such as {@code Seq Scan on orders o}
     * @param lines what the plan says of it
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
     * What narrows nothing.
     *
     * @param node the step that only keeps what it has read
     * @param operand what is compared with the bound
     */
    record Filtered(PlanStep node, String operand) {}

    /**
     * An index that is asked.
     *
     * @param name its name
     * @param condition what it is asked for
     */
    record IndexProbe(String name, String condition) {}

    /**
     * Reads a plan.
     *
     * @param text what {@code EXPLAIN (COSTS OFF)} answers
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
            // the root has no arrow, and stands left of all others
            indents.push(nodes.isEmpty() ? -1 : indent);
            open.push(node);
            nodes.add(node);
        }
        return new RangeQueryPlan(nodes, marker);
    }

    /** Whether some step has that title, or begins with it. */
    boolean has(String title) {
        return nodes.stream().anyMatch(node -> node.title().startsWith(title));
    }

    /** Whether the server knows without reading that there is nothing. */
    boolean isEmpty() {
        return nodes.stream()
                .anyMatch(node -> node.lines().stream().anyMatch("One-Time Filter: false"::equals));
    }

    /** The first step that reads more than the range, and what it compares with the bound. */
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

    /** The indexes that are asked for the range. */
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

    /** Of {@code Index Scan using i on t}, or {@code Bitmap Index Scan on i}. */
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

    /** What stands before the comparison with the bound, back to the bracket that opens it. */
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
