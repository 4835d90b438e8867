package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.job.cli.EvolvishubCdc;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told: one clear message each, where it is, and whose turn it is. */
class UserErrorsITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path folder;
    private Database source;
    private Database destination;

    @BeforeEach
    void twoDatabases(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, total numeric(10,2), note text)");
    }

    @Test
    void fileIsMissing() {
        assertUserError(call("validate", "-c", folder.resolve("no.yaml").toString()), "no.yaml");
    }

    @Test
    void fileIsEmpty() throws Exception {
        assertUserError(callWith(""), "empty");
    }

    @Test
    void fileIsNotYaml() throws Exception {
        assertUserError(callWith("name: [unclosed\nmappings: }"), "line");
    }

    @Test
    void keyIsUnknown() throws Exception {
        String text = Files.readString(road().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replace("mappings:", "max_wrokers: 3\nmappings:")),
                "max_wrokers",
                "max_workers",
                "line 4");
    }

    @Test
    void nameIsDoubled() {
        assertUserError(
                validate(road().mapping("a", "orders", "one").mapping("a", "orders", "two")),
                "\"a\"");
    }

    @Test
    void twoMappingsWriteOneTable() {
        assertUserError(
                validate(road().mapping("a", "orders", "same").mapping("b", "orders", "same")),
                "mappings[1]",
                "same");
    }

    @Test
    void typeIsUnknown() throws Exception {
        String text = Files.readString(road().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replaceFirst("(?s)(destination:.*?type: )postgresql", "$1rabbit")),
                "mappings[0].destination.type",
                "rabbit",
                "postgresql");
    }

    @Test
    void variableIsNotSet() throws Exception {
        String text = Files.readString(road().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replaceFirst("username: \\S+", "username: \\${NO_SUCH_VARIABLE}")),
                "NO_SUCH_VARIABLE",
                "mappings[0].source.username");
    }

    @Test
    void sourceIsUnreachable() throws Exception {
        String text = Files.readString(road().mapping("a", "orders", "copy").write());
        Told told = callWith(text.replaceFirst("port: \\d+", "port: 1"));
        assertThat(told.exitCode()).as(told.text()).isEqualTo(1);
        assertThat(told.text()).contains("mappings[0].source").contains("127.0.0.1:1");
        assertClean(told);
    }

    @Test
    void passwordIsWrong() throws Exception {
        source.execute("CREATE ROLE asks_for_one LOGIN PASSWORD 'right-one'");
        try {
            assertUserError(
                    callAs("asks_for_one", "wrong-secret"), "mappings[0].source", "asks_for_one");
        } finally {
            source.execute("DROP ROLE asks_for_one");
        }
    }

    @Test
    void roleIsUnknown() throws Exception {
        assertUserError(
                callAs("no_such_role", "wrong-secret"), "mappings[0].source", "no_such_role");
    }

    private Told callAs(String role, String password) throws Exception {
        String text = Files.readString(road().mapping("a", "orders", "copy").write());
        Told told =
                callWith(
                        text.replaceFirst("username: \\S+", "username: " + role)
                                .replaceFirst("password: \\S+", "password: " + password));
        assertThat(told.text()).doesNotContain(password);
        return told;
    }

    @Test
    void tableIsMissing() {
        assertUserError(
                validate(road().mapping("a", "ordesr", "copy")),
                "mappings[0].source.table",
                "ordesr",
                "orders");
    }

    @Test
    void mappedColumnIsMissing() {
        assertUserError(
                validate(
                        road().mapping("a", "orders", "copy", "column_mapping:\n  totl: amount\n")),
                "mappings[0].column_mapping",
                "totl",
                "total");
    }

    @Test
    void keyColumnIsExcluded() {
        assertUserError(
                validate(
                        road().mapping(
                                        "a",
                                        "orders",
                                        "copy",
                                        "key: [id]\n",
                                        "exclude_columns: [id]\n")),
                "id",
                "mappings[0]");
    }

    @Test
    void destinationColumnIsMissing() {
        destination.execute("CREATE TABLE copy (id int PRIMARY KEY, total numeric(10,2))");
        assertUserError(
                validate(road().mapping("a", "orders", "copy", "schema_change: fail")),
                "mappings[0].destination.table",
                "note");
    }

    @Test
    void missingColumnIsNoMistakeWhereItWillBeAdded() {
        destination.execute("CREATE TABLE copy (id int PRIMARY KEY, total numeric(10,2))");
        Told told = validate(road().mapping("a", "orders", "copy"));
        assertThat(told.exitCode()).as(told.text()).isZero();
    }

    @Test
    void destinationColumnHasAnotherType() {
        destination.execute("CREATE TABLE copy (id int PRIMARY KEY, total int, note text)");
        assertUserError(
                validate(road().mapping("a", "orders", "copy")),
                "mappings[0].destination.table",
                "total",
                "numeric(10,2)",
                "integer");
    }

    @Test
    void stateDirectoryCannotBeWritten() throws Exception {
        Path file = Files.createFile(folder.resolve("a-file"));
        Told told =
                call(
                        "run-multi",
                        "-c",
                        road().mapping("a", "orders", "copy").write().toString(),
                        "--state-dir",
                        file.resolve("below").toString());
        assertUserError(told, "--state-dir", "a-file");
    }

    @Test
    void portIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Told told =
                    call(
                            "run-multi",
                            "-c",
                            road().mapping("a", "orders", "copy").write().toString(),
                            "--state-dir",
                            folder.resolve("state").toString(),
                            "--port",
                            Integer.toString(taken.getLocalPort()));
            assertUserError(told, "port " + taken.getLocalPort(), "--port");
        }
    }

    @Test
    void mappingIsUnknown() {
        assertUserError(
                call(
                        "run-multi",
                        "-c",
                        road().mapping("orders", "orders", "copy").write().toString(),
                        "--mapping",
                        "oders"),
                "oders",
                "orders");
    }

    @Test
    void nothingIsWrong() {
        Told told = validate(road().mapping("a", "orders", "copy"));
        assertThat(told.exitCode()).as(told.text()).isZero();
        assertThat(destination.queryOne("SELECT to_regclass('copy')")).isNull();
        assertThat(destination.queryOne("SELECT to_regnamespace('evolvishub_cdc')")).isNull();
    }

    private EndToEndSetup road() {
        return new EndToEndSetup(folder, source, destination)
                .with("global_sync:\n  mode: one_time");
    }

    private Told callWith(String text) throws Exception {
        return call(
                "validate", "-c", Files.writeString(folder.resolve("given.yaml"), text).toString());
    }

    private Told validate(EndToEndSetup road) {
        return call("validate", "-c", road.write().toString());
    }

    private static Told call(String... arguments) {
        StringWriter text = new StringWriter();
        int exitCode = EvolvishubCdc.execute(new PrintWriter(text), arguments);
        return new Told(exitCode, text.toString());
    }

    private static void assertUserError(Told told, String... parts) {
        assertThat(told.exitCode()).as(told.text()).isEqualTo(2);
        assertThat(told.text()).contains(parts);
        assertClean(told);
    }

    private static void assertClean(Told told) {
        assertThat(told.text()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    /**
     * What the user sees.
     *
     * @param exitCode what the shell sees
     * @param text both streams
     */
    private record Told(int exitCode, String text) {}
}
