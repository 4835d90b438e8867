package com.evolvishub.cdc.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.quickstart.run.SyncRun;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class QuickstartITCase {
    /** Skips the tests if no server is available; the quickstart starts its own. */
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private final StringWriter output = new StringWriter();

    @Test
    void reportsEqualIfEveryTableMatchesItsViewAndDeletesItsFiles() throws Exception {
        CopyingRun run = new CopyingRun(CustomerViews.PAIRS);

        boolean equal = quickstart(run, Optional.empty()).run();

        assertThat(equal).as(output.toString()).isTrue();
        assertThat(output.toString())
                .contains("Web UI     http://localhost:1")
                .contains("Source     psql \"postgresql://postgres:")
                .containsPattern("(?s)( equal\\R.*){5}")
                .doesNotContain("DIFFERENT");
        assertThat(run.closed).isTrue();
        assertThat(ProcessHandle.of(serverPid())).isEmpty();
        assertThat(run.stateDirectory.getParent()).doesNotExist();
    }

    @Test
    void reportsDifferentIfATableIsEmpty() throws Exception {
        CopyingRun run = new CopyingRun(CustomerViews.PAIRS.subList(0, 4));

        assertThat(quickstart(run, Optional.empty()).run()).isFalse();
        assertThat(output.toString())
                .containsPattern(
                        "lifetime_value .* DIFFERENT: the table has 0 rows, 0000000000000000");
    }

    @Test
    void continuesWithTheDataOfAStateDirectory(@TempDir Path directory) throws Exception {
        quickstart(new CopyingRun(List.of()), Optional.of(directory)).run();
        String first = output.toString();
        output.getBuffer().setLength(0);
        quickstart(new CopyingRun(List.of()), Optional.of(directory)).run();

        assertThat(first).contains("200 customers with orders");
        assertThat(output.toString()).contains("Going on with the data in " + directory);
        assertThat(directory.resolve("postgresql")).isDirectory();
    }

    @Test
    void startsOverAfterAnInterruptedAttempt(@TempDir Path directory) throws Exception {
        try (PostgresServer server =
                PostgresServer.builder().dataDirectory(directory.resolve("postgresql")).start()) {
            server.createDatabase("customer_analytics");
            server.createDatabase("data_warehouse");
        }

        quickstart(new CopyingRun(List.of()), Optional.of(directory)).run();

        assertThat(output.toString()).contains("200 customers with orders");
    }

    @Test
    void stopsItsServerIfTheJobDoesNotStart() throws Exception {
        CopyingRun run = new CopyingRun(List.of());
        run.failure = new IllegalStateException("no such luck");

        assertThatThrownBy(() -> quickstart(run, Optional.empty()).run())
                .hasMessage("no such luck");

        assertThat(ProcessHandle.of(serverPid())).isEmpty();
        assertThat(run.closed).isTrue();
    }

    private Quickstart quickstart(SyncRun run, Optional<Path> stateDirectory) {
        return new Quickstart(
                new QuickstartSettings(
                        Path.of("..", "examples", "multi_customer_views.yaml"),
                        200,
                        true,
                        Duration.ofSeconds(1),
                        0,
                        stateDirectory,
                        false),
                () -> run,
                new PrintWriter(output));
    }

    private long serverPid() {
        Matcher pid = Pattern.compile("pid (\\d+), started").matcher(output.toString());
        assertThat(pid.find()).isTrue();
        return Long.parseLong(pid.group(1));
    }

    /** A run that copies all views when it is asked whether it has caught up. */
    private static final class CopyingRun implements SyncRun {
        private final List<CustomerViews.Pair> pairs;
        private CustomerViews views;
        private Path stateDirectory;
        private RuntimeException failure;
        private boolean closed;

        private CopyingRun(List<CustomerViews.Pair> pairs) {
            this.pairs = pairs;
        }

        @Override
        public void start(
                Path config, Map<String, String> environment, Path stateDirectory, int port) {
            if (failure != null) {
                throw failure;
            }
            assertThat(config).isRegularFile();
            this.stateDirectory = stateDirectory;
            views =
                    new CustomerViews(
                            database("CDC_SOURCE", "customer_analytics", environment),
                            database("CDC_DESTINATION", "data_warehouse", environment));
        }

        private static Database database(String side, String name, Map<String, String> addresses) {
            String host = addresses.get(side + "_HOST");
            int port = Integer.parseInt(addresses.get(side + "_PORT"));
            return new Database(
                    name,
                    "jdbc:postgresql://" + host + ":" + port + "/" + name,
                    host,
                    port,
                    addresses.get(side + "_USERNAME"),
                    addresses.get(side + "_PASSWORD"));
        }

        @Override
        public URI webUi() {
            return URI.create("http://localhost:1");
        }

        @Override
        public void showProgress() {}

        @Override
        public boolean caughtUpSince(Instant moment) throws Exception {
            for (CustomerViews.Pair pair : pairs) {
                ViewCopy.copy(views, pair);
            }
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
