package com.evolvishub.cdc.planner.explain.tree;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Prints plans as text of at most 100 columns, or as JSON. */
public final class PlanPrinter {

    private static final int WIDTH = 100;
    private static final String STEP = "  ";

    private static final ObjectMapper JSON = new ObjectMapper();

    private PlanPrinter() {}

    /**
     * An indented tree. Long lines are wrapped and indented further; every line ends in a newline.
     */
    public static String text(ExplainNode node) {
        StringBuilder out = new StringBuilder();
        text(node, "", out);
        return out.toString();
    }

    /**
     * The same tree as JSON: {@code name}, {@code summary}, {@code details} (an object, by label)
     * and {@code children}; empty members are omitted. Texts are not wrapped.
     */
    public static String json(ExplainNode node) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree(node)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts cannot be written as JSON", e);
        }
    }

    private static void text(ExplainNode node, String indent, StringBuilder out) {
        String line = node.summary().isEmpty() ? node.name() : node.name() + STEP + node.summary();
        wrap(visible(line), indent, indent + STEP + STEP, out);
        for (ExplainNode.Detail detail : node.details()) {
            detail(detail, indent + STEP, out);
        }
        for (ExplainNode child : node.children()) {
            text(child, indent + STEP, out);
        }
    }

    private static void detail(ExplainNode.Detail detail, String indent, StringBuilder out) {
        List<String> lines = detail.text().lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() == 1) {
            String line = detail.label() + ": " + lines.get(0);
            wrap(visible(line), indent, indent + STEP, out);
            return;
        }
        wrap(visible(detail.label() + ":"), indent, indent + STEP, out);
        for (String line : lines) {
            wrap(visible(line), indent + STEP, indent + STEP + STEP, out);
        }
    }

    /** Breaks lines at spaces, and a word longer than a line after a slash, colon or dot. */
    private static void wrap(String line, String first, String further, StringBuilder out) {
        String indent = first;
        String rest = line.stripTrailing();
        while (indent.length() + rest.length() > WIDTH) {
            int room = WIDTH - indent.length();
            int space = rest.lastIndexOf(' ', room);
            boolean onlyIndent = space <= 0 || rest.substring(0, space).isBlank();
            int end = onlyIndent ? insideWord(rest, room) : space;
            out.append(indent).append(rest.substring(0, end).stripTrailing()).append('\n');
            rest = rest.substring(end).stripLeading();
            indent = further;
        }
        out.append(indent).append(rest).append('\n');
    }

    private static int insideWord(String text, int room) {
        int end = Math.max(text.lastIndexOf('/', room - 1), text.lastIndexOf(':', room - 1));
        end = 1 + Math.max(end, text.lastIndexOf('.', room - 1));
        if (end > room / 2) {
            return end;
        }
        return Character.isHighSurrogate(text.charAt(room - 1)) ? room - 1 : room;
    }

    /**
     * Escapes control characters, which names may contain, so that they do not reach a terminal.
     */
    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.chars()
                .forEach(
                        c -> {
                            if (c == '\t') {
                                visible.append("    ");
                            } else if (Character.isISOControl(c)) {
                                visible.append("\\u%04x".formatted(c));
                            } else {
                                visible.append((char) c);
                            }
                        });
        return visible.toString();
    }

    private static ObjectNode tree(ExplainNode node) {
        ObjectNode object = JSON.createObjectNode();
        object.put("name", node.name());
        if (!node.summary().isEmpty()) {
            object.put("summary", node.summary());
        }
        if (!node.details().isEmpty()) {
            ObjectNode details = object.putObject("details");
            node.details().forEach(detail -> details.put(detail.label(), detail.text()));
        }
        if (!node.children().isEmpty()) {
            ArrayNode children = object.putArray("children");
            List<ObjectNode> trees = new ArrayList<>();
            node.children().forEach(child -> trees.add(tree(child)));
            children.addAll(trees);
        }
        return object;
    }
}
