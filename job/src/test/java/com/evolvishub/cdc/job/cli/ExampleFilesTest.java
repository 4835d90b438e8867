package com.evolvishub.cdc.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Explains the published files and our examples without a server. */
class ExampleFilesTest {

    private static final Path SEED =
            Path.of("..", "planner", "src", "test", "resources", "seed").normalize();
    private static final Path EXAMPLES = Path.of("..", "examples").normalize();

    private final StringWriter text = new StringWriter();

    @ParameterizedTest
    @MethodSource("files")
    void explainsTheFileUnchanged(Path file) {
        assertThat(execute("explain", "--offline", "-c", file.toString()))
                .as(text.toString())
                .isZero();
        assertThat(text.toString()).contains("mapping ").doesNotContain("Exception");
    }

    static Stream<Path> files() throws IOException {
        return Stream.concat(yaml(SEED).stream(), yaml(EXAMPLES).stream());
    }

    private static List<Path> yaml(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private int execute(String... arguments) {
        return EvolvishubCdc.execute(new PrintWriter(text), arguments);
    }
}
