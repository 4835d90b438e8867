package com.evolvishub.cdc.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files that users were shown, and our own examples, without a server. */
class PromisedFilesTest {

    private static final Path SEED =
            Path.of("..", "planner", "src", "test", "resources", "seed").normalize();
    private static final Path EXAMPLES = Path.of("..", "examples").normalize();

    private final StringWriter text = new StringWriter();

    @ParameterizedTest
    @MethodSource("files")
    void isExplainedUnchanged(Path file) {
        assertThat(execute("explain", "--offline", "-c", file.toString()))
                .as(text.toString())
                .isZero();
        assertThat(text.toString()).contains("mapping ").doesNotContain("Exception");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void saysThatThisBuildCannotDeliverTransactionallyYet(
            List<String> command, @TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("transactional.yaml"),
                        """
                        name: transactional
                        mappings:
                          - name: orders
                            source: {type: postgresql, host: here, database: a, table: orders}
                            destination: {type: postgresql, host: there, database: b, table: orders}
                            delivery: transactional
                        """);
        String[] arguments =
                Stream.concat(command.stream(), Stream.of("-c", file.toString()))
                        .toArray(String[]::new);

        assertThat(execute(arguments)).as(text.toString()).isEqualTo(2);

        assertThat(text.toString())
                .contains(
                        "error: mappings[0].delivery: this build cannot deliver transactionally yet; expected"
                                + " exactly_once or at_least_once (line 6)");
    }

    @Test
    void asksOnlyWhatTheSelectedMappingsNeed(@TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("two.yaml"),
                        """
                        name: two
                        shared_checkpoints: true
                        mappings:
                          - name: orders
                            source: {type: postgresql, host: here, database: a, table: orders}
                            destination: {type: postgresql, host: there, database: b, table: orders}
                            delivery: transactional
                          - name: items
                            source: {type: postgresql, host: here, database: a, table: items}
                            destination: {type: postgresql, host: there, database: b, table: items}
                            delivery: transactional
                        """);

        assertThat(execute("run-multi", "-c", file.toString(), "--mapping", "items")).isEqualTo(2);

        assertThat(text.toString()).contains("mappings[1]").doesNotContain("mappings[0]");
    }

    static Stream<Path> files() throws IOException {
        return Stream.concat(yaml(SEED).stream(), yaml(EXAMPLES).stream());
    }

    static Stream<List<String>> commands() {
        return Stream.of(
                List.of("validate"), List.of("validate", "--offline"), List.of("run-multi"));
    }

    private static List<Path> yaml(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private int execute(String... arguments) {
        return EvolvishubCdc.execute(new PrintWriter(text), arguments);
    }
}
