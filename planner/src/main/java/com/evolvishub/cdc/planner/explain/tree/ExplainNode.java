package com.evolvishub.cdc.planner.explain.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A node of any plan, for display. It contains no secret: its creator ensures that.
 *
 * @param name the kind of node
 * @param summary the rest of its line; may be empty
 * @param details facts about it, in display order
 * @param children its inputs or parts
 */
public record ExplainNode(
        String name, String summary, List<Detail> details, List<ExplainNode> children) {

    /**
     * A fact about a node.
     *
     * @param label what it is about
     * @param text may have several lines
     */
    public record Detail(String label, String text) {
        public Detail {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(text, "text");
        }
    }

    public ExplainNode {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(summary, "summary");
        details = List.copyOf(details);
        children = List.copyOf(children);
    }

    /** A node of one line, above its inputs. */
    public static ExplainNode of(String name, String summary, ExplainNode... children) {
        return new ExplainNode(name, summary, List.of(), List.of(children));
    }

    /** This node with an additional fact. */
    public ExplainNode with(String label, String text) {
        List<Detail> more = new ArrayList<>(details);
        more.add(new Detail(label, text));
        return new ExplainNode(name, summary, more, children);
    }
}
