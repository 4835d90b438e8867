package com.evolvishub.cdc.job.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.job.status.ExecutionSummary;
import com.evolvishub.cdc.job.status.MappingStatus;
import com.evolvishub.cdc.job.status.RunOutcome;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs the mappings of a file from a program. */
class MultiCdcHandlerITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;
    private Database source;
    private Database destination;

    @BeforeEach
    void fill(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 100) i");
    }

    @Test
    void runsUntilEveryMappingIsDone() throws Exception {
        Instant begin = Instant.now().minusSeconds(1);
        try (MultiCdcHandler handler =
                MultiCdcHandler.fromFile(file("one_time"), directory.resolve("state"))) {
            assertThat(handler.run()).isEqualTo(RunOutcome.FINISHED);

            ExecutionSummary summary = handler.summary();
            assertThat(summary.configName()).isEqualTo("shop");
            assertThat(summary.totalMappings()).isEqualTo(2);
            assertThat(summary.enabledMappings()).isEqualTo(1);
            assertThat(summary.totalExecutions()).isEqualTo(1);
            assertThat(summary.successfulExecutions()).isEqualTo(1);
            assertThat(summary.failedExecutions()).isZero();
            assertThat(summary.totalRecordsProcessed()).isEqualTo(100);
            assertThat(summary.averageDurationSeconds()).isPositive();
            assertThat(summary.isRunning()).isFalse();

            MappingStatus orders = handler.mappingStatus().get(0);
            assertThat(orders.name()).isEqualTo("orders");
            assertThat(orders.description()).isEqualTo("what was bought");
            assertThat(orders.enabled()).isTrue();
            assertThat(orders.sourceType()).isEqualTo("postgresql");
            assertThat(orders.destinationType()).isEqualTo("postgresql");
            assertThat(orders.sourceTable()).isEqualTo("orders");
            assertThat(orders.destinationTable()).isEqualTo("orders_copy");
            assertThat(orders.hasCustomQuery()).isFalse();
            assertThat(orders.totalExecutions()).isEqualTo(1);
            assertThat(orders.state()).isEqualTo("finished");
            assertThat(orders.lastExecution().success()).isTrue();
            assertThat(orders.lastExecution().recordsProcessed()).isEqualTo(100);
            assertThat(orders.lastExecution().durationSeconds()).isPositive();
            assertThat(orders.lastExecution().error()).isNull();
            assertThat(Instant.parse(orders.lastExecution().timestamp()))
                    .isBetween(begin, Instant.now());

            MappingStatus disabled = handler.mappingStatus().get(1);
            assertThat(disabled.enabled()).isFalse();
            assertThat(disabled.state()).isEqualTo("disabled");
            assertThat(disabled.lastExecution()).isNull();
        }
        assertThat(destination.queryOne("SELECT count(*) FROM orders_copy")).isEqualTo("100");
        assertThat(destination.queryOne("SELECT to_regclass('parked_copy')")).isNull();
    }

    @Test
    void stopsFromAnotherThreadAndResumes() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (MultiCdcHandler handler =
                MultiCdcHandler.fromFile(file("continuous"), directory.resolve("state"))) {
            Future<RunOutcome> running = thread.submit(handler::run);
            awaitRows(100);
            awaitRecords(handler, 100);
            assertThat(running.isDone()).isFalse();

            handler.stop();

            assertThat(running.get(180, TimeUnit.SECONDS)).isEqualTo(RunOutcome.RUNNING);
            assertThat(handler.summary().isRunning()).isFalse();
            assertThat(handler.summary().totalRecordsProcessed()).isEqualTo(100);
            assertThatThrownBy(handler::run).hasMessage("a handler is used for one run");
        } finally {
            thread.shutdownNow();
        }
        source.execute("INSERT INTO orders VALUES (101, 'later')");

        try (MultiCdcHandler resumed =
                MultiCdcHandler.fromFile(file("continuous"), directory.resolve("state"))) {
            resumed.start();
            awaitRows(101);
            // the total of both runs: the second run did not write the first 100 rows again
            awaitRecords(resumed, 101);
        }
    }

    @Test
    void reportsErrorsInTheFileBeforeTheRun() throws Exception {
        Path file = Files.writeString(directory.resolve("shop.yaml"), "name: shop\n");

        assertThatThrownBy(() -> MultiCdcHandler.fromFile(file, directory.resolve("state")))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("mappings");
    }

    @Test
    void hasNoReportBeforeTheStart() throws Exception {
        try (MultiCdcHandler handler =
                MultiCdcHandler.fromFile(file("one_time"), directory.resolve("state"))) {
            assertThatThrownBy(handler::summary).hasMessage("not started yet");
            assertThatThrownBy(handler::webUi).hasMessage("not running");
        }
    }

    /**
     * Retries, because records are counted after the rows are visible, and a busy job does not
     * respond to each request in time.
     */
    private static void awaitRecords(MultiCdcHandler handler, long records) {
        await().ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(handler.summary().totalRecordsProcessed())
                                        .isEqualTo(records));
    }

    private void awaitRows(int rows) {
        await().untilAsserted(
                        () -> {
                            assertThat(destination.queryOne("SELECT to_regclass('orders_copy')"))
                                    .isNotNull();
                            assertThat(destination.queryOne("SELECT count(*) FROM orders_copy"))
                                    .isEqualTo(Integer.toString(rows));
                        });
    }

    private Path file(String mode) throws Exception {
        return Files.writeString(
                directory.resolve("shop.yaml"),
                """
                name: shop
                global_sync: {mode: %s, interval_seconds: 0.2}
                connections:
                  one: {type: postgresql, host: %s, port: %d, database: %s, username: %s, password: '%s'}
                  other: {type: postgresql, host: %s, port: %d, database: %s, username: %s, password: '%s'}
                mappings:
                  - name: orders
                    description: what was bought
                    source: {connection: one, table: orders}
                    destination: {connection: other, table: orders_copy}
                  - name: parked
                    enabled: false
                    source: {connection: one, table: orders}
                    destination: {connection: other, table: parked_copy}
                """
                        .formatted(
                                mode,
                                source.host(),
                                source.port(),
                                source.name(),
                                source.user(),
                                source.password(),
                                destination.host(),
                                destination.port(),
                                destination.name(),
                                destination.user(),
                                destination.password()));
    }
}
