package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Lists, replays and drops the dead letters of rejected rows. */
class DeadLetterCommandsITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @TempDir private Path directory;

    @Test
    void listsReplaysAndDropsDeadLettersOfATable(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, 'note ' || i, now() FROM generate_series(1, 1000) i",
                "UPDATE orders SET note = 'far too long' WHERE id IN (7, 500, 1000)");
        destination.execute(
                "CREATE TABLE copy (id int PRIMARY KEY, at timestamptz,"
                        + " note text CONSTRAINT short CHECK (length(note) < 12))");
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .mapping(
                                "orders",
                                "orders",
                                "copy",
                                "watermark:\n  column: at\n  type: timestamp\non_bad_row: dead_letter\n");

        CliProcess.Ended run = setup.runInThisJvm();
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(destination.queryOne("SELECT count(*) FROM copy")).isEqualTo("997");

        CliProcess.Ended list = setup.command("dead-letters", "list");
        assertThat(list.output())
                .contains("ID  MAPPING", "{\"id\" : \"500\", \"note\" : \"far too long\"")
                .contains("violates check constraint \"short\"");
        JsonNode deadLetters = new ObjectMapper().readTree(list(setup));
        assertThat(deadLetters).hasSize(3);

        source.execute("UPDATE orders SET note = 'mended', at = now() WHERE id = 7");
        CliProcess.Ended secondRun = setup.runInThisJvm();
        assertThat(secondRun.exitCode()).as(secondRun.output()).isZero();
        destination.execute("ALTER TABLE copy DROP CONSTRAINT short");

        CliProcess.Ended replayed = setup.command("dead-letters", "replay");
        assertThat(replayed.exitCode()).as(replayed.output()).isEqualTo(1);
        assertThat(replayed.output())
                .contains("orders: 2 written again")
                .contains("of the same key came after it");
        assertThat(EndToEndSetup.content(destination, "copy", "id, note, at"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note, at"));

        assertThat(setup.command("dead-letters", "drop").exitCode()).isEqualTo(2);
        String remainingId = new ObjectMapper().readTree(list(setup)).get(0).path("id").asText();
        assertThat(setup.command("dead-letters", "drop", "--id", "4711").exitCode()).isEqualTo(2);
        assertThat(setup.command("dead-letters", "drop", "--id", remainingId).output())
                .contains("orders: 1 dropped");
        assertThat(setup.command("dead-letters", "list").output())
                .contains("There are no dead letters.");
    }

    @Test
    void listsReplaysAndDropsDeadLettersOfATopic(
            @FreshDatabase Database source, @FreshDatabase Database unused) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, CASE WHEN i IN (3, 7) THEN repeat('x', 5000) ELSE 'short' END, now() FROM generate_series(1, 10) i");
        String topic = "letters-" + source.name();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(topic, 1, (short) 1)
                                            .configs(Map.of("max.message.bytes", "3000"))))
                    .all()
                    .get();
            EndToEndSetup setup =
                    new EndToEndSetup(directory, source, unused)
                            .with("global_sync:\n  mode: one_time")
                            .mappingInto(
                                    "orders",
                                    "orders",
                                    kafka(topic),
                                    "watermark:\n  column: at\n  type: timestamp\non_bad_row: dead_letter\n");
            CliProcess.Ended run = setup.runInThisJvm();
            assertThat(run.exitCode()).as(run.output()).isZero();

            JsonNode deadLetters = new ObjectMapper().readTree(list(setup));
            assertThat(deadLetters).hasSize(2);
            assertThat(deadLetters.get(0).path("payload").asText()).startsWith("{\"id\":3,");
            String second = deadLetters.get(1).path("id").asText();
            assertThat(setup.command("dead-letters", "drop", "--id", second).output())
                    .contains("orders: 1 dropped");
            ConfigResource named = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            ConfigEntry larger = new ConfigEntry("max.message.bytes", "100000");
            admin.incrementalAlterConfigs(
                            Map.of(
                                    named,
                                    List.of(new AlterConfigOp(larger, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            // the broker applies the new limit a little later than it acknowledges it
            await().untilAsserted(
                            () -> {
                                CliProcess.Ended replayed = setup.command("dead-letters", "replay");
                                assertThat(replayed.exitCode()).as(replayed.output()).isZero();
                                assertThat(replayed.output()).contains("orders: 1 written again");
                            });
        }
    }

    private static String kafka(String topic) {
        String servers = KAFKA.bootstrapServers();
        int colon = servers.lastIndexOf(':');
        return "type: kafka\nhost: %s\nport: %s\ntable: %s\n"
                .formatted(servers.substring(0, colon), servers.substring(colon + 1), topic)
                .indent(6);
    }

    private static String list(EndToEndSetup setup) {
        return setup.command("dead-letters", "list", "--format", "json").output();
    }
}
