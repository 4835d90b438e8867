package com.evolvishub.cdc.formats.json.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.MessagePipelines;
import com.evolvishub.cdc.formats.SourceRowReader;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Compares the JSON of composites with the server's own {@code to_json}. */
class CompositeEncoderITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final JsonMapper EXACT =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    @Test
    void equalsToJsonForRandomTypesAndValues(@FreshDatabase Database source) throws Exception {
        long seed = 20_240_102;
        RandomTypes types = new RandomTypes(new Random(seed));
        List<String> columns = new ArrayList<>();
        List<String> expressions = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        List<RandomTypes.Made> made = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            made.add(types.composite(3));
            columns.add("c%d %s".formatted(i, made.get(i).name()));
            expressions.add("to_json(c%d)".formatted(i));
        }
        for (int row = 0; row < 20; row++) {
            rows.add("(%d, %s)".formatted(row, types.values(made)));
        }
        source.execute("CREATE SCHEMA app");
        source.execute(types.statements().toArray(String[]::new));
        source.execute(
                "CREATE TABLE made (id integer, %s)".formatted(String.join(", ", columns)),
                "INSERT INTO made VALUES " + String.join(", ", rows));
        List<List<String>> expected =
                SourceRowReader.query(
                        source,
                        "SELECT %s FROM made ORDER BY id"
                                .formatted(String.join(", ", expressions)));
        SoftAssertions softly = new SoftAssertions();

        List<ChangeRow> read = SourceRowReader.read(source, "made");

        for (int row = 0; row < expected.size(); row++) {
            JsonNode encoded = json(read.get(row));
            assertThat(debezium(read.get(row)).get("after")).isEqualTo(encoded);
            for (int i = 0; i < made.size(); i++) {
                String server = expected.get(row).get(i);
                softly.assertThat(encoded.get("c" + i))
                        .as("seed %d, row %d, type %s", seed, row, made.get(i).name())
                        .isEqualTo(EXACT.readTree(server == null ? "null" : server));
            }
        }
        assertThat(read).hasSize(20);
        softly.assertAll();
    }

    @Test
    void encodesCurrentFieldsAfterAttributesWereAddedAndDropped(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TYPE nil AS ()",
                "CREATE DOMAIN sure AS numeric(4,2) NOT NULL CHECK (VALUE > 0)",
                "CREATE TYPE one AS (a sure)",
                "CREATE TYPE more AS (a integer, b text, c boolean)",
                "CREATE TABLE t (id integer, none nil, one one, more more)",
                "INSERT INTO t VALUES (1, ROW(), ROW(1), (1, 'x', true)), (2, NULL, NULL, (2, '',"
                        + " NULL))",
                "ALTER TYPE more DROP ATTRIBUTE b",
                "ALTER TYPE more ADD ATTRIBUTE d date[]",
                "INSERT INTO t VALUES (3, ROW(), NULL, (3, false, '{2024-01-02}'))");

        List<ChangeRow> rows = SourceRowReader.read(source, "t");

        assertThat(List.of(json(rows.get(0)), json(rows.get(1)), json(rows.get(2))))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"id\":1,\"none\":{},\"one\":{\"a\":1.00},\"more\":{\"a\":1,\"c\":true,\"d\":null}}",
                        "{\"id\":2,\"none\":null,\"one\":null,\"more\":{\"a\":2,\"c\":null,\"d\":null}}",
                        "{\"id\":3,\"none\":{},\"one\":null,\"more\":{\"a\":3,\"c\":false,\"d\":[\"2024-01-02\"]}}");
    }

    @Test
    void encodesATableRowAsAnObjectAndASystemCompositeAsTexts(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE item (id integer, \"Name\" text)",
                "CREATE TABLE t (id integer, item item, items item[], own pg_am)",
                "INSERT INTO t VALUES (1, (7, 'x'), ARRAY[(8, NULL)::item], (2, 'heap', 3, 't'))");

        assertThat(json(SourceRowReader.read(source, "t").get(0)).toString())
                .isEqualTo(
                        "{\"id\":1,\"item\":{\"id\":7,\"Name\":\"x\"},\"items\":[{\"id\":8,\"Name\":null}],\"own\":[\"2\",\"heap\",\"heap_tableam_handler\",\"t\"]}");
    }

    private static JsonNode json(ChangeRow row) throws Exception {
        return EXACT.readTree(
                MessageEncoders.of(MessagePipelines.with()).encode(row).payload().orElseThrow());
    }

    private static JsonNode debezium(ChangeRow row) throws Exception {
        MessageEncoder encoder =
                MessageEncoders.of(
                        MessagePipelines.with(
                                MessagePipelines.option("message_format", "debezium")));
        return EXACT.readTree(encoder.encode(row).payload().orElseThrow());
    }
}
