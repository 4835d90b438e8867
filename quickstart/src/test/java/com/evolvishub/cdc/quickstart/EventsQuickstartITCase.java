package com.evolvishub.cdc.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.quickstart.events.EventsQuickstart;
import com.evolvishub.cdc.quickstart.events.EventsQuickstartSettings;
import com.evolvishub.cdc.quickstart.run.HandlerRun;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class EventsQuickstartITCase {
    /** Skips the test if no server is available; the quickstart starts its own. */
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;

    @Test
    void findsEveryTopicEqualToItsTableAndLeavesNoProcessesBehind() throws Exception {
        // for root the server runs as another user, which needs access to its own directory
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        StringWriter output = new StringWriter();
        PrintWriter out = new PrintWriter(output);

        boolean equal =
                new EventsQuickstart(
                                new EventsQuickstartSettings(
                                        withPollsEverySecond(),
                                        500,
                                        true,
                                        Duration.ofSeconds(5),
                                        0,
                                        directory),
                                () -> new HandlerRun(out),
                                out)
                        .run();

        assertThat(equal).as(output.toString()).isTrue();
        assertThat(output.toString())
                .contains("kafka-console-consumer.sh --bootstrap-server 127.0.0.1:")
                .contains("pulsar-client --url pulsar://127.0.0.1:")
                .contains("redis-cli -p ")
                .containsPattern("order_events .* messages, .* newest \\{\"order_id\":")
                .containsPattern("(?s)( messages +[1-9][0-9,]* deletes  equal\\R.*){3}");
        assertThat(Pattern.compile("pid (\\d+)").matcher(output.toString()).results())
                .hasSize(4)
                .allSatisfy(
                        pid ->
                                assertThat(ProcessHandle.of(Long.parseLong(pid.group(1))))
                                        .isEmpty());
    }

    /** The example file with a shorter poll interval: its one minute is too long for a test. */
    private Path withPollsEverySecond() throws Exception {
        String example = Files.readString(Path.of("..", "examples", "event_buses.yaml"));
        return Files.writeString(
                directory.resolve("event_buses.yaml"),
                example + "global_sync:\n  interval_seconds: 1\n");
    }
}
