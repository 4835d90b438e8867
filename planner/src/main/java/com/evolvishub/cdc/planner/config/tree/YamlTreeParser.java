package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Parses YAML 1.2 into a tree. Scalars keep their text: whether {@code on} is a boolean or a name
 * depends on the key, not on YAML. Messages never quote the text, which may contain a password.
 */
public final class YamlTreeParser {

    private static final Set<String> HARMLESS_TAGS =
            Set.of(
                    "!",
                    "tag:yaml.org,2002:str",
                    "tag:yaml.org,2002:int",
                    "tag:yaml.org,2002:float",
                    "tag:yaml.org,2002:bool",
                    "tag:yaml.org,2002:map",
                    "tag:yaml.org,2002:seq");

    private final Iterator<Event> events;
    private final Map<Anchor, ConfigNode> anchors = new HashMap<>();

    private YamlTreeParser(Iterator<Event> events) {
        this.events = events;
    }

    /**
     * The only document of the file; empty if it has none.
     *
     * @throws PlanException if it is not YAML
     */
    public static Optional<ConfigNode> parse(String text) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setUseMarks(true)
                        .setCodePointLimit(ConfigLimits.CHARACTERS)
                        .build();
        try {
            return new YamlTreeParser(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            FilePosition at =
                    e.getProblemMark()
                            .or(e::getContextMark)
                            .map(
                                    position ->
                                            new FilePosition(
                                                    position.getLine() + 1,
                                                    position.getColumn() + 1))
                            .orElse(null);
            throw ConfigLimits.failure(at, "not YAML: " + reason(e));
        } catch (YamlEngineException e) {
            throw ConfigLimits.failure(null, "not YAML: it holds characters that no text file has");
        }
    }

    private static String reason(MarkedYamlEngineException e) {
        String problem = e.getProblem();
        if (problem == null) {
            return "it cannot be read here";
        }
        if (problem.contains("TAB")) {
            return "a tab stands here; indent with spaces";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "a second \": \" stands on this line; put the value in quotes";
        }
        if (problem.contains("could not find expected ':'")) {
            return "expected \": \" after a key";
        }
        if (problem.contains("expected <block end>")) {
            return "the indentation does not fit the lines above";
        }
        if (problem.contains("unexpected end of stream") || problem.contains("<stream end>")) {
            return "the file ends inside a quote or bracket";
        }
        if (problem.contains("',' or '")) {
            return "expected a comma or the closing bracket";
        }
        if (problem.contains("escape")) {
            return "a backslash in double quotes starts no known escape; use single quotes";
        }
        return "it cannot be read here; is a quote, a bracket or a space after a colon missing?";
    }

    private Optional<ConfigNode> document() {
        Optional<ConfigNode> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case DocumentStart -> {
                    if (root.isPresent()) {
                        throw ConfigLimits.failure(
                                position(event), "a second document starts here; expected one");
                    }
                    root = Optional.of(node(events.next(), 0));
                }
                case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
                default -> throw ConfigLimits.failure(position(event), "not YAML");
            }
        }
        return root;
    }

    private ConfigNode node(Event event, int depth) {
        FilePosition at = position(event);
        ConfigLimits.checkDepth(depth, at);
        if (event instanceof AliasEvent alias) {
            ConfigNode target = anchors.get(alias.getAlias());
            if (target == null) {
                throw ConfigLimits.failure(
                        at, "an alias (*name) stands here that no anchor (&name) above it defines");
            }
            return target;
        }
        ConfigNode node;
        if (event instanceof ScalarEvent scalar) {
            checkTag(scalar.getTag(), at);
            node = new ConfigNode.Scalar(at, scalar.getValue(), scalar.isPlain());
        } else if (event instanceof SequenceStartEvent start) {
            checkTag(start.getTag(), at);
            node = items(at, depth);
        } else if (event instanceof MappingStartEvent start) {
            checkTag(start.getTag(), at);
            node = block(at, depth);
        } else {
            throw ConfigLimits.failure(at, "not YAML");
        }
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        return ConfigLimits.checkSize(node);
    }

    private ConfigNode items(FilePosition at, int depth) {
        List<ConfigNode> items = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(node(event, depth + 1));
            event = events.next();
        }
        return new ConfigNode.Items(at, items);
    }

    private ConfigNode block(FilePosition at, int depth) {
        List<ConfigNode.Entry> entries = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            FilePosition keyAt = position(event);
            if (!(node(event, depth + 1) instanceof ConfigNode.Scalar key)) {
                throw ConfigLimits.failure(keyAt, "a list or block stands where a key should");
            }
            entries.add(new ConfigNode.Entry(keyAt, key.text(), node(events.next(), depth + 1)));
            event = events.next();
        }
        return new ConfigNode.Block(at, entries);
    }

    private static void checkTag(Optional<String> tag, FilePosition at) {
        if (tag.isPresent() && !HARMLESS_TAGS.contains(tag.get())) {
            throw ConfigLimits.failure(at, "a tag (!name) stands here; tags are not read");
        }
    }

    private static FilePosition position(Event event) {
        return event.getStartMark()
                .map(position -> new FilePosition(position.getLine() + 1, position.getColumn() + 1))
                .orElseThrow();
    }
}
