package com.evolvishub.cdc.testing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static Database dropped;

    @Test
    void runsWithTheSettingsThatTestsNeed(@FreshDatabase Database database) {
        assertThat(
                        database.queryAll(
                                "SELECT name, setting FROM pg_settings WHERE name IN ('wal_level',"
                                        + " 'max_connections', 'max_prepared_transactions') ORDER BY"
                                        + " name"))
                .containsExactly(
                        List.of("max_connections", "200"),
                        List.of("max_prepared_transactions", "64"),
                        List.of("wal_level", "logical"));
    }

    @Test
    void createsADatabaseForEachParameter(
            @FreshDatabase Database source, @FreshDatabase Database destination) {
        source.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1), (NULL)");

        assertThat(source.queryAll("SELECT id FROM t ORDER BY id")).hasSize(2);
        assertThat(destination.queryOne("SELECT to_regclass('t')")).isNull();
    }

    @Test
    void dropsADatabaseInUseBySessionsAndPreparedTransactions() throws Exception {
        dropped = POSTGRES.createDatabase("held");
        try (Connection held = dropped.connect()) {
            dropped.execute("CREATE TABLE t (id int)");
            dropped.execute("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left behind'");

            POSTGRES.dropDatabase("held");

            assertThat(held.isValid(1)).isFalse();
        }
        assertThat(
                        POSTGRES.database("postgres")
                                .queryAll("SELECT 1 FROM pg_database WHERE datname = 'held'"))
                .isEmpty();
    }

    @Test
    void usesKeptDataAndLogsStatements(@TempDir Path directory) throws Exception {
        long firstPid;
        Path log;
        try (PostgresServer first =
                PostgresServer.builder().dataDirectory(directory).logsStatements().start()) {
            firstPid = first.pid();
            log = first.logFile();
            first.createDatabase("kept").execute("CREATE TABLE t AS SELECT 42 AS id");
            assertThat(Files.readString(log)).contains("SELECT 42 AS id");
        }
        assertThat(ProcessHandle.of(firstPid)).isEmpty();

        try (PostgresServer second = PostgresServer.builder().dataDirectory(directory).start()) {
            assertThat(second.database("kept").queryOne("SELECT id FROM t")).isEqualTo("42");
        }
    }

    @Test
    void deletesTemporaryDataWhenItIsClosed() {
        PostgresServer server = PostgresServer.builder().start();
        Path log = server.logFile();
        long pid = server.pid();
        server.close();
        server.close();

        assertThat(log.getParent()).doesNotExist();
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void reportsWhyItDoesNotStartAndDeletesItsFiles() throws Exception {
        List<Path> before = temporaryDirectories();

        assertThatThrownBy(() -> PostgresServer.builder().parameter("no_such_setting", "1").start())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("no_such_setting");

        // other builds on this machine may create directories too, which have a running server
        assertThat(temporaryDirectories())
                .filteredOn(directory -> !before.contains(directory))
                .allMatch(
                        directory ->
                                !Files.exists(directory.resolve("server.log"))
                                        || isInUse(directory));
    }

    private static boolean isInUse(Path directory) {
        return Files.exists(directory.resolve("data").resolve("postmaster.pid"));
    }

    private static List<Path> temporaryDirectories() throws Exception {
        // the next server would use the same parent directory
        Path probe = TestDirectories.temporary("evolvishub-cdc-probe-");
        TestDirectories.delete(probe);
        try (Stream<Path> all = Files.list(probe.getParent())) {
            return all.filter(
                            path ->
                                    path.getFileName()
                                            .toString()
                                            .startsWith("evolvishub-cdc-postgresql-"))
                    .toList();
        }
    }

    @Test
    void reportsTheMissingVersion() {
        assertThatThrownBy(() -> PostgresServer.builder().major(9999).start())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageStartingWith("no PostgreSQL server program 9999: none from Maven");
    }
}
