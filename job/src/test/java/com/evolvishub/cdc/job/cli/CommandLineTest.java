package com.evolvishub.cdc.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private final StringWriter text = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {"run-multi", "run-mapping", "validate", "explain", "status", "dead-letters"})
    void helpHasAnExampleForEveryCommand(String command) {
        assertThat(execute(command, "--help")).isZero();

        assertThat(text.toString())
                .contains("Example")
                .containsPattern("\n  evolvishub-cdc " + command + " .*-c \\S+\\.yaml");
    }

    @Test
    void helpNamesEveryCommandAndTheExitCodes() {
        assertThat(execute("--help")).isZero();

        assertThat(text.toString())
                .contains("run-multi", "run-mapping", "validate", "explain", "status")
                .contains("Exit codes:");
    }

    @Test
    void printsTheVersion() {
        assertThat(execute("--version")).isZero();

        assertThat(text.toString()).startsWith("evolvishub-cdc ");
    }

    @Test
    void rejectsWorkersTogetherWithSequential() {
        assertThat(execute("run-multi", "-c", "any.yaml", "--sequential", "--workers", "3"))
                .isEqualTo(2);

        assertThat(text.toString().trim())
                .isEqualTo(
                        "error: --sequential is one worker, so --workers 3 cannot hold beside it; leave one of"
                                + " them out");
    }

    @Test
    void rejectsSequentialTogetherWithParallel() {
        assertThat(execute("run-multi", "-c", "any.yaml", "--sequential", "--parallel"))
                .isEqualTo(2);

        assertThat(text.toString()).contains("--sequential", "--parallel", "mutually exclusive");
    }

    @Test
    void rejectsZeroWorkers() {
        assertThat(execute("run-multi", "-c", "any.yaml", "--workers", "0")).isEqualTo(2);

        assertThat(text.toString()).contains("--workers 0: expected 1 or more");
    }

    @Test
    void listsTheCommandsIfNoneIsGiven() {
        assertThat(execute()).isEqualTo(2);

        assertThat(text.toString()).contains("a command is missing", "run-multi", "status");
    }

    @Test
    void suggestsTheClosestCommandForAnUnknownOne() {
        assertThat(execute("run-mutli", "-c", "any.yaml")).isEqualTo(2);

        assertThat(text.toString()).contains("run-mutli", "run-multi");
    }

    @Test
    void printsAShellCompletionScript() {
        assertThat(execute("generate-completion")).isZero();

        assertThat(text.toString()).contains("complete -F _complete_evolvishub-cdc");
    }

    private int execute(String... arguments) {
        return EvolvishubCdc.execute(new PrintWriter(text), arguments);
    }
}
