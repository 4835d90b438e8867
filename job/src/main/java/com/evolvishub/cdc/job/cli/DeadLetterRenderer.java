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

/** Dead letters as text: a table for people, JSON for machines. */
final class DeadLetterRenderer {

    private static final int LONGEST_PAYLOAD = 60;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private DeadLetterRenderer() {}

    static String table(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return "There are no dead letters.";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "MAPPING", "ROW", "OP", "TIME", "PAYLOAD", "ERROR"));
        for (DeadLetter letter : letters) {
            rows.add(
                    List.of(
                            letter.id(),
                            letter.mapping(),
                            Long.toString(letter.sequence()),
                            Character.toString(letter.operation()),
                            letter.time().truncatedTo(ChronoUnit.SECONDS).toString(),
                            shortened(letter.payload()),
                            oneLine(error(letter))));
        }
        return TableFormatter.align(rows, rows.get(0).size());
    }

    private static String error(DeadLetter letter) {
        return letter.superseded().isEmpty()
                ? letter.error()
                : letter.error() + " [superseded: " + letter.superseded() + "]";
    }

    private static String shortened(String payload) {
        String line = oneLine(payload);
        return line.length() <= LONGEST_PAYLOAD
                ? line
                : line.substring(0, LONGEST_PAYLOAD - 1) + "…";
    }

    private static String oneLine(String text) {
        // a row's text may hold anything, also what would steer a terminal
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    static String json(List<DeadLetter> letters) {
        ArrayNode array = JSON.createArrayNode();
        for (DeadLetter letter : letters) {
            array.addObject()
                    .put("id", letter.id())
                    .put("mapping", letter.mapping())
                    .put("number", letter.sequence())
                    .put("operation", Character.toString(letter.operation()))
                    .put("time", letter.time().toString())
                    .put("error", letter.error())
                    .put("superseded", letter.superseded())
                    .put("payload", letter.payload());
        }
        try {
            return JSON.writeValueAsString(array);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
