package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.spec.PlanException;
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

/** The tree of a JSON text. Messages never quote the text, which may hold a password. */
final class JsonTree {

    private final JsonParser parser;

    private JsonTree(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The file's one value; empty when it has none.
     *
     * @throws PlanException if it is not JSON
     */
    static Optional<Node> parse(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            JsonTree tree = new JsonTree(parser);
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            Node root = tree.node(0);
            if (parser.nextToken() != null) {
                throw TreeLimits.failure(
                        tree.here(), "not JSON: something follows the closing bracket");
            }
            return Optional.of(root);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw TreeLimits.failure(
                    at == null ? null : new Mark(at.getLineNr(), at.getColumnNr()),
                    "not JSON: it cannot be read here; is a comma, quote or bracket missing?");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    private Mark here() {
        JsonLocation at = parser.currentTokenLocation();
        return new Mark(at.getLineNr(), at.getColumnNr());
    }

    private Node node(int depth) throws IOException {
        Mark at = here();
        TreeLimits.checkDepth(depth, at);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(depth + 1));
            }
            return TreeLimits.checkSize(new Node.Items(at, items));
        }
        if (token == JsonToken.START_OBJECT) {
            List<Node.Entry> entries = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                Mark keyAt = here();
                String key = parser.currentName();
                parser.nextToken();
                entries.add(new Node.Entry(keyAt, key, node(depth + 1)));
            }
            return TreeLimits.checkSize(new Node.Block(at, entries));
        }
        return new Node.Scalar(at, parser.getText(), token != JsonToken.VALUE_STRING);
    }
}
