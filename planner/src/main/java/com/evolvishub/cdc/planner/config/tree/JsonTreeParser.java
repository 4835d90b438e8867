package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses JSON into a tree. Messages never quote the text, which may contain a password. */
public final class JsonTreeParser {

    private final JsonParser parser;

    private JsonTreeParser(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The only value of the file; empty if it has none.
     *
     * @throws PlanException if it is not JSON
     */
    public static Optional<ConfigNode> parse(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            JsonTreeParser tree = new JsonTreeParser(parser);
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            ConfigNode root = tree.node(0);
            if (parser.nextToken() != null) {
                throw ConfigLimits.failure(
                        tree.position(), "not JSON: something follows the closing bracket");
            }
            return Optional.of(root);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw ConfigLimits.failure(
                    at == null ? null : new FilePosition(at.getLineNr(), at.getColumnNr()),
                    "not JSON: it cannot be read here; is a comma, quote or bracket missing?");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    private FilePosition position() {
        JsonLocation at = parser.currentTokenLocation();
        return new FilePosition(at.getLineNr(), at.getColumnNr());
    }

    private ConfigNode node(int depth) throws IOException {
        FilePosition at = position();
        ConfigLimits.checkDepth(depth, at);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            List<ConfigNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(depth + 1));
            }
            return ConfigLimits.checkSize(new ConfigNode.Items(at, items));
        }
        if (token == JsonToken.START_OBJECT) {
            List<ConfigNode.Entry> entries = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                FilePosition keyAt = position();
                String key = parser.currentName();
                parser.nextToken();
                entries.add(new ConfigNode.Entry(keyAt, key, node(depth + 1)));
            }
            return ConfigLimits.checkSize(new ConfigNode.Block(at, entries));
        }
        return new ConfigNode.Scalar(at, parser.getText(), token != JsonToken.VALUE_STRING);
    }
}
