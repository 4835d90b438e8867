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

/** User errors: each gives one clear message with its position, and the exit code of its kind. */
class UserErrorsITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;
    private Database source;
    private Database destination;

    @BeforeEach
    void createSource(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, total numeric(10,2), note text)");
    }

    @Test
    void fileIsMissing() {
        assertUserError(call("validate", "-c", directory.resolve("no.yaml").toString()), "no.yaml");
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
        String text = Files.readString(setup().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replace("mappings:", "max_wrokers: 3\nmappings:")),
                "max_wrokers",
                "max_workers",
                "line 4");
    }

    @Test
    void nameIsDuplicate() {
        assertUserError(
                validate(setup().mapping("a", "orders", "one").mapping("a", "orders", "two")),
                "\"a\"");
    }

    @Test
    void twoMappingsWriteOneTable() {
        assertUserError(
                validate(setup().mapping("a", "orders", "same").mapping("b", "orders", "same")),
                "mappings[1]",
                "same");
    }

    @Test
    void typeIsUnknown() throws Exception {
        String text = Files.readString(setup().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replaceFirst("(?s)(destination:.*?type: )postgresql", "$1rabbit")),
                "mappings[0].destination.type",
                "rabbit",
                "postgresql");
    }

    @Test
    void variableIsNotSet() throws Exception {
        String text = Files.readString(setup().mapping("a", "orders", "copy").write());
        assertUserError(
                callWith(text.replaceFirst("username: \\S+", "username: \\${NO_SUCH_VARIABLE}")),
                "NO_SUCH_VARIABLE",
                "mappings[0].source.username");
    }

    @Test
    void sourceIsUnreachable() throws Exception {
        String text = Files.readString(setup().mapping("a", "orders", "copy").write());
        CommandResult result = callWith(text.replaceFirst("port: \\d+", "port: 1"));
        assertThat(result.exitCode()).as(result.text()).isEqualTo(1);
        assertThat(result.text()).contains("mappings[0].source").contains("127.0.0.1:1");
        assertClean(result);
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

    private CommandResult callAs(String role, String password) throws Exception {
        String text = Files.readString(setup().mapping("a", "orders", "copy").write());
        CommandResult result =
                callWith(
                        text.replaceFirst("username: \\S+", "username: " + role)
                                .replaceFirst("password: \\S+", "password: " + password));
        assertThat(result.text()).doesNotContain(password);
        return result;
    }

    @Test
    void tableIsMissing() {
        assertUserError(
                validate(setup().mapping("a", "ordesr", "copy")),
                "mappings[0].source.table",
                "ordesr",
                "orders");
    }

    @Test
    void mappedColumnIsMissing() {
        assertUserError(
                validate(
                        setup().mapping(
                                        "a",
                                        "orders",
                                        "copy",
                                        "column_mapping:\n  totl: amount\n")),
                "mappings[0].column_mapping",
                "totl",
                "total");
    }

    @Test
    void keyColumnIsExcluded() {
        assertUserError(
                validate(
                        setup().mapping(
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
                validate(setup().mapping("a", "orders", "copy", "schema_change: fail")),
                "mappings[0].destination.table",
                "note");
    }

    @Test
    void missingColumnIsNoErrorIfItWillBeAdded() {
        destination.execute("CREATE TABLE copy (id int PRIMARY KEY, total numeric(10,2))");
        CommandResult result = validate(setup().mapping("a", "orders", "copy"));
        assertThat(result.exitCode()).as(result.text()).isZero();
    }

    @Test
    void destinationColumnHasAnotherType() {
        destination.execute("CREATE TABLE copy (id int PRIMARY KEY, total int, note text)");
        assertUserError(
                validate(setup().mapping("a", "orders", "copy")),
                "mappings[0].destination.table",
                "total",
                "numeric(10,2)",
                "integer");
    }

    @Test
    void stateDirectoryCannotBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("a-file"));
        CommandResult result =
                call(
                        "run-multi",
                        "-c",
                        setup().mapping("a", "orders", "copy").write().toString(),
                        "--state-dir",
                        file.resolve("below").toString());
        assertUserError(result, "--state-dir", "a-file");
    }

    @Test
    void portIsInUse() throws Exception {
        try (ServerSocket inUse = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandResult result =
                    call(
                            "run-multi",
                            "-c",
                            setup().mapping("a", "orders", "copy").write().toString(),
                            "--state-dir",
                            directory.resolve("state").toString(),
                            "--port",
                            Integer.toString(inUse.getLocalPort()));
            assertUserError(result, "port " + inUse.getLocalPort(), "--port");
        }
    }

    @Test
    void mappingIsUnknown() {
        assertUserError(
                call(
                        "run-multi",
                        "-c",
                        setup().mapping("orders", "orders", "copy").write().toString(),
                        "--mapping",
                        "oders"),
                "oders",
                "orders");
    }

    @Test
    void validFileHasNoErrors() {
        CommandResult result = validate(setup().mapping("a", "orders", "copy"));
        assertThat(result.exitCode()).as(result.text()).isZero();
        assertThat(destination.queryOne("SELECT to_regclass('copy')")).isNull();
        assertThat(destination.queryOne("SELECT to_regnamespace('evolvishub_cdc')")).isNull();
    }

    private EndToEndSetup setup() {
        return new EndToEndSetup(directory, source, destination)
                .with("global_sync:\n  mode: one_time");
    }

    private CommandResult callWith(String text) throws Exception {
        return call(
                "validate",
                "-c",
                Files.writeString(directory.resolve("given.yaml"), text).toString());
    }

    private CommandResult validate(EndToEndSetup setup) {
        return call("validate", "-c", setup.write().toString());
    }

    private static CommandResult call(String... arguments) {
        StringWriter text = new StringWriter();
        int exitCode = EvolvishubCdc.execute(new PrintWriter(text), arguments);
        return new CommandResult(exitCode, text.toString());
    }

    private static void assertUserError(CommandResult result, String... parts) {
        assertThat(result.exitCode()).as(result.text()).isEqualTo(2);
        assertThat(result.text()).contains(parts);
        assertClean(result);
    }

    private static void assertClean(CommandResult result) {
        assertThat(result.text()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    /**
     * The result of a command.
     *
     * @param exitCode the exit code
     * @param text standard output and standard error
     */
    private record CommandResult(int exitCode, String text) {}
}
