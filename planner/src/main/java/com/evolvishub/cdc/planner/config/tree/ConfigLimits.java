package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import java.util.List;

/** How large a file may be, so that a hostile one costs neither memory nor time. */
public final class ConfigLimits {

    /** Characters in a file. */
    static final int CHARACTERS = 4_000_000;

    /** Blocks and lists in one another. */
    static final int DEPTH = 40;

    /** Values, those under aliases counted each time they are named. */
    static final long NODES = 100_000;

    private ConfigLimits() {}

    public static void checkLength(String text) {
        if (text.length() > CHARACTERS) {
            throw failure(
                    null,
                    "has %d characters; a file may have %d".formatted(text.length(), CHARACTERS));
        }
    }

    static void checkDepth(int depth, FilePosition at) {
        if (depth > DEPTH) {
            throw failure(at, "blocks are nested more than %d deep".formatted(DEPTH));
        }
    }

    static <N extends ConfigNode> N checkSize(N node) {
        if (node.size() > NODES) {
            throw failure(
                    node.at(),
                    "holds more than %d values once its aliases are followed".formatted(NODES));
        }
        return node;
    }

    /** The file cannot be read any further. */
    public static PlanException failure(FilePosition at, String message) {
        return new PlanException(
                List.of(
                        at == null
                                ? new Problem("", 0, 0, message)
                                : new Problem("", at.line(), at.column(), message)));
    }
}
