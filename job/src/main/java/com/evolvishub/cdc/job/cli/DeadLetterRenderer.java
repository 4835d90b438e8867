package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.status.TableFormatter;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Renders dead letters as a table or as JSON. */
final class DeadLetterRenderer {

    private static final int LONGEST_PAYLOAD = 60;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private DeadLetterRenderer() {}

    static String table(List<DeadLetter> deadLetters) {
        if (deadLetters.isEmpty()) {
            return "There are no dead letters.";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "MAPPING", "ROW", "OP", "TIME", "PAYLOAD", "ERROR"));
        for (DeadLetter deadLetter : deadLetters) {
            rows.add(
                    List.of(
                            deadLetter.id(),
                            deadLetter.mapping(),
                            Long.toString(deadLetter.sequence()),
                            Character.toString(deadLetter.operation()),
                            deadLetter.time().truncatedTo(ChronoUnit.SECONDS).toString(),
                            shortened(deadLetter.payload()),
                            oneLine(error(deadLetter))));
        }
        return TableFormatter.align(rows, rows.get(0).size());
    }

    private static String error(DeadLetter deadLetter) {
        return deadLetter.superseded().isEmpty()
                ? deadLetter.error()
                : deadLetter.error() + " [superseded: " + deadLetter.superseded() + "]";
    }

    private static String shortened(String payload) {
        String line = oneLine(payload);
        return line.length() <= LONGEST_PAYLOAD
                ? line
                : line.substring(0, LONGEST_PAYLOAD - 1) + "…";
    }

    private static String oneLine(String text) {
        // a row's text may hold terminal control sequences
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    static String json(List<DeadLetter> deadLetters) {
        ArrayNode array = JSON.createArrayNode();
        for (DeadLetter deadLetter : deadLetters) {
            array.addObject()
                    .put("id", deadLetter.id())
                    .put("mapping", deadLetter.mapping())
                    .put("number", deadLetter.sequence())
                    .put("operation", Character.toString(deadLetter.operation()))
                    .put("time", deadLetter.time().toString())
                    .put("error", deadLetter.error())
                    .put("superseded", deadLetter.superseded())
                    .put("payload", deadLetter.payload());
        }
        try {
            return JSON.writeValueAsString(array);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
