package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.problem.PlanException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MaliciousFilesTest {

    private static final List<String> FILES =
            List.of(
                    SpecReaderFixture.resource("/seed/basic.yaml"),
                    SpecReaderFixture.resource("/seed/event_buses.yaml"),
                    SpecReaderFixture.resource("/every_key.yaml"));

    private static final List<String> SNIPPETS =
            List.of(
                    "\t",
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    "- ",
                    "\"",
                    "'",
                    "&a ",
                    "*a",
                    "!x ",
                    "|\n",
                    "#",
                    "\n",
                    "  ",
                    "---\n",
                    "...\n",
                    "%",
                    "@",
                    "`",
                    "~",
                    "null",
                    "${",
                    "${X}",
                    "$${",
                    "\u0000",
                    "\uD83D\uDE00",
                    "\uD800",
                    "<<: *a\n",
                    "name: ",
                    "1e999999999",
                    "-1",
                    "postgresql",
                    "kafka",
                    "? ",
                    ", ",
                    "\\",
                    "\"\\x\"",
                    "\r\n",
                    "\u0085",
                    "\uFEFF");

    @Property(tries = 500)
    void mutatedFilesAreReadOrRejected(
            @ForAll("files") String file, @ForAll long seed, @ForAll("names") String name) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(file);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(20) * random.nextInt(3));
            text.replace(at, end, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
        }
        readOrReject(name, text.toString());
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anyTreeIsReadOrRejected(@ForAll("trees") String tree, @ForAll("names") String name) {
        readOrReject(name, tree);
    }

    @Property(tries = 500)
    void anyTextIsReadOrRejected(@ForAll String text, @ForAll("names") String name) {
        readOrReject(name, text);
    }

    private static void readOrReject(String name, String text) {
        try {
            SpecReaderFixture.plain().read(name, text);
        } catch (PlanException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<String> files() {
        return Arbitraries.of(FILES);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a.yaml", "b.json");
    }

    /** Files of known keys and values, in JSON, which is also valid YAML. */
    @Provide
    Arbitrary<String> trees() {
        Arbitrary<String> keys =
                Arbitraries.of(
                        "name",
                        "mappings",
                        "source",
                        "destination",
                        "destinations",
                        "connections",
                        "connection",
                        "type",
                        "host",
                        "port",
                        "table",
                        "schema",
                        "watermark",
                        "column",
                        "sync",
                        "global_sync",
                        "mode",
                        "cron_expression",
                        "timezone",
                        "key",
                        "exclude_columns",
                        "column_mapping",
                        "additional_params",
                        "acks",
                        "custom_query",
                        "enabled",
                        "renamed_from",
                        "checkpoint",
                        "max_workers",
                        "");
        Arbitrary<String> scalars =
                Arbitraries.of(
                        "\"\"",
                        "\"x\"",
                        "1",
                        "-1.5",
                        "true",
                        "null",
                        "\"postgresql\"",
                        "\"kafka\"",
                        "\"${A}\"",
                        "\"${A:-b}\"",
                        "\"cron\"",
                        "\"* * * * *\"",
                        "\"UTC\"",
                        "\"c\"",
                        "\" \"");
        Arbitrary<String> node = scalars;
        for (int depth = 0; depth < 4; depth++) {
            node = Arbitraries.oneOf(scalars, list(node), block(keys, node), block(keys, node));
        }
        return block(keys, node);
    }

    private static Arbitrary<String> list(Arbitrary<String> nodes) {
        return nodes.list().ofMaxSize(3).map(items -> "[" + String.join(",", items) + "]");
    }

    private static Arbitrary<String> block(Arbitrary<String> keys, Arbitrary<String> nodes) {
        Arbitrary<String> entry =
                Combinators.combine(keys, nodes).as((key, v) -> "\"" + key + "\":" + v);
        return entry.list().ofMaxSize(4).map(entries -> "{" + String.join(",", entries) + "}");
    }

    @Test
    void rejectsAnAliasBomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            bomb.append(
                    "a%d: &a%d [%s]\n"
                            .formatted(
                                    i,
                                    i,
                                    String.join(
                                            ",",
                                            List.of(
                                                    alias, alias, alias, alias, alias, alias, alias,
                                                    alias))));
        }

        assertThat(SpecReaderFixture.plain().problems(bomb.toString()))
                .containsExactly(
                        "holds more than 100000 values once its aliases are followed (line 6)");
    }

    @Test
    void limitsTheNumberOfReportedProblems() {
        StringBuilder file = new StringBuilder("name: x\n");
        for (int i = 0; i < 90_000; i++) {
            file.append("mappin_gs").append(i).append(": \"${A").append(i).append("}\"\n");
        }

        assertThat(SpecReaderFixture.plain().problems(file.toString())).hasSize(500);
    }

    @Test
    void rejectsAnAliasInsideItsOwnAnchor() {
        assertThat(SpecReaderFixture.plain().problems("name: &a [*a]\n"))
                .containsExactly(
                        "an alias (*name) stands here that no anchor (&name) above it defines (line 1)");
    }

    @Test
    void rejectsDeepNesting() {
        String deep = "[".repeat(100_000);

        assertThat(SpecReaderFixture.plain().problems("a.yaml", deep))
                .containsExactly("blocks are nested more than 40 deep (line 1)");
        assertThat(SpecReaderFixture.plain().problems("a.json", deep))
                .containsExactly("blocks are nested more than 40 deep (line 1)");
    }

    @Test
    void rejectsAHugeFile() {
        assertThat(SpecReaderFixture.plain().problems("x".repeat(4_000_001)))
                .containsExactly("has 4000001 characters; a file may have 4000000");
    }

    @Test
    void readsHarmlessAliases() {
        String file =
                """
                name: x
                mappings:
                  - name: a
                    source: &source {type: postgresql, host: h, database: d, table: t}
                    destination: {type: kafka, host: h, table: a}
                  - name: b
                    source: *source
                    destination: {type: kafka, host: h, table: b}
                """;

        assertThat(SpecReaderFixture.plain().read(file).spec().mappings().get(1).source().table())
                .isEqualTo("t");
    }
}
