package com.evolvishub.cdc.planner.explain.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlanPrinterTest {

    @Test
    void indentsInputsBelowTheirNode() {
        var plan =
                ExplainNode.of(
                                "Sink",
                                "orders",
                                ExplainNode.of("Scan", "").with("sql", "SELECT\n 1"))
                        .with("key", "id");

        assertThat(PlanPrinter.text(plan))
                .isEqualTo(
                        """
                        Sink  orders
                          key: id
                          Scan
                            sql:
                              SELECT
                               1
                        """);
    }

    @Test
    void breaksLongLinesAtSpacesAndLongWordsAnywhere() {
        String words = "word ".repeat(30);
        String word = "🐘".repeat(80);

        assertThat(PlanPrinter.text(ExplainNode.of("Scan", words).with("table", word)).lines())
                .allMatch(line -> line.length() <= 100)
                .noneMatch(line -> Character.isHighSurrogate(line.charAt(line.length() - 1)))
                .hasSize(5);
    }

    @Test
    void escapesControlCharacters() {
        assertThat(PlanPrinter.text(ExplainNode.of("Scan", "a\u001b[31m\nb")))
                .isEqualTo("Scan  a\\u001b[31m\\u000ab\n");
    }

    @Test
    void writesTheSameTreeAsJson() {
        var plan =
                ExplainNode.of("Sink", "orders", ExplainNode.of("Scan", "")).with("key", "\"id\"");

        assertThat(PlanPrinter.json(plan).replaceAll("\\s", ""))
                .isEqualTo(
                        "{\"name\":\"Sink\",\"summary\":\"orders\","
                                + "\"details\":{\"key\":\"\\\"id\\\"\"},"
                                + "\"children\":[{\"name\":\"Scan\"}]}");
    }
}
