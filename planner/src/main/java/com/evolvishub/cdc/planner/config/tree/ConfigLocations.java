package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The positions of all values of a tree, and its duplicate keys. */
public final class ConfigLocations implements ProblemLocations {

    private static final Pattern SIMPLE_KEY = Pattern.compile("[A-Za-z_$][A-Za-z0-9_-]*");

    private final Map<String, FilePosition> positions = new HashMap<>();
    private final Map<String, String> replacements = new HashMap<>();
    private final List<Problem> duplicateKeys = new ArrayList<>();

    public ConfigLocations(ConfigNode root) {
        visit("", root, root.at());
    }

    /** The path of a key in a block. */
    public static String child(String path, String key) {
        if (!SIMPLE_KEY.matcher(key).matches()) {
            return path + "[\"" + key + "\"]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The path of an item of a list. */
    public static String item(String path, int index) {
        return path + "[" + index + "]";
    }

    /** Replaces this value in later messages that quote it. */
    void mask(String value, String replacement) {
        if (!value.isEmpty()) {
            replacements.put(value, replacement);
        }
    }

    /** A problem for each key that is given twice in one block. */
    List<Problem> duplicateKeys() {
        return duplicateKeys;
    }

    @Override
    public Problem problem(String path, String message) {
        String nearestPath = path;
        while (!positions.containsKey(nearestPath)) {
            nearestPath = parent(nearestPath);
        }
        FilePosition at = positions.get(nearestPath);
        String masked = message;
        for (Map.Entry<String, String> value : replacements.entrySet()) {
            masked = masked.replace('"' + value.getKey() + '"', '"' + value.getValue() + '"');
        }
        return new Problem(path, at.line(), at.column(), masked);
    }

    private static String parent(String path) {
        return path.substring(
                0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    private void visit(String path, ConfigNode node, FilePosition at) {
        positions.putIfAbsent(path, at);
        if (node instanceof ConfigNode.Items list) {
            for (int i = 0; i < list.items().size(); i++) {
                visit(item(path, i), list.items().get(i), list.items().get(i).at());
            }
        } else if (node instanceof ConfigNode.Block block) {
            Map<String, FilePosition> firstPositions = new HashMap<>();
            for (ConfigNode.Entry entry : block.entries()) {
                String child = child(path, entry.key());
                FilePosition first = firstPositions.putIfAbsent(entry.key(), entry.at());
                if (first == null) {
                    // the position of a block is that of its key: its text starts on the next line
                    boolean scalar = entry.value() instanceof ConfigNode.Scalar;
                    visit(child, entry.value(), scalar ? entry.value().at() : entry.at());
                } else {
                    duplicateKeys.add(
                            new Problem(
                                    child,
                                    entry.at().line(),
                                    entry.at().column(),
                                    "stands twice in this block; first on line " + first.line()));
                }
            }
        }
    }
}
