package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import java.util.List;

/** Limits of a file, so that a malicious one costs neither memory nor time. */
public final class ConfigLimits {

    /** Maximum characters in a file. */
    static final int CHARACTERS = 4_000_000;

    /** Maximum nesting of blocks and lists. */
    static final int DEPTH = 40;

    /** Maximum values; those under an alias count at each use. */
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

    /** An error after which the file cannot be read further. */
    public static PlanException failure(FilePosition at, String message) {
        return new PlanException(
                List.of(
                        at == null
                                ? new Problem("", 0, 0, message)
                                : new Problem("", at.line(), at.column(), message)));
    }
}
