package com.evolvishub.cdc.formats.json.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.MessagePipelines;
import com.evolvishub.cdc.formats.SourceRowReader;
import com.evolvishub.cdc.formats.json.value.TypeSamples.Sample;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EveryTypeEncodingITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** Keeps numbers as they were written: 1.0 and 1.00 differ. */
    private static final JsonMapper EXACT =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private static final List<Sample> SAMPLES =
            Stream.concat(TypeSamples.BUILT_IN.stream(), TypeSamples.OF_THE_USER.stream()).toList();

    private static final int ROWS = 8;

    /** Types whose input function rejects everything: no user column has them. */
    private static final Set<String> WITHOUT_INPUT =
            Set.of(
                    "gtsvector",
                    "pg_node_tree",
                    "pg_ndistinct",
                    "pg_dependencies",
                    "pg_mcv_list",
                    "pg_brin_bloom_summary",
                    "pg_brin_minmax_multi_summary",
                    "pg_ddl_command");

    @Test
    void encodesEveryTypeAndItsArrayLikeTheServer(@FreshDatabase Database source) throws Exception {
        fill(source);
        List<List<String>> expected = SourceRowReader.query(source, expected());
        MessageEncoder encoder = MessageEncoders.of(MessagePipelines.with());
        SoftAssertions softly = new SoftAssertions();

        List<ChangeRow> rows = SourceRowReader.read(source, "typed");

        for (int i = 0; i < rows.size(); i++) {
            JsonNode encoded = EXACT.readTree(encoder.encode(rows.get(i)).payload().orElseThrow());
            for (int c = 0; c < SAMPLES.size(); c++) {
                String type = SAMPLES.get(c).type();
                softly.assertThat(encoded.get("one" + c))
                        .as("%s, row %d", type, i)
                        .isEqualTo(EXACT.readTree(expected.get(i).get(2 * c)));
                softly.assertThat(encoded.get("many" + c))
                        .as("%s[], row %d", type, i)
                        .isEqualTo(EXACT.readTree(expected.get(i).get(2 * c + 1)));
            }
        }
        assertThat(rows).hasSize(ROWS + 1);
        softly.assertAll();
    }

    @Test
    void encodesEveryTypeInsideCompositesTheSame(@FreshDatabase Database source) throws Exception {
        fill(source);
        List<String> fields = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int c = 0; c < SAMPLES.size(); c++) {
            String type = SAMPLES.get(c).type();
            fields.add("one%d %s, many%d %s[]".formatted(c, type, c, type));
            names.add("one%d, many%d".formatted(c, c));
        }
        String whole = "ROW(%s)::app.whole".formatted(String.join(", ", names));
        source.execute(
                "CREATE TYPE app.whole AS (%s)".formatted(String.join(", ", fields)),
                "CREATE TYPE app.nest AS (\"its \"\"whole\"\", (x)\" app.whole, whole app.whole[])",
                "CREATE DOMAIN app.nested AS app.nest CHECK (true)",
                "CREATE TABLE composed AS SELECT id, %1$s AS whole, ROW(%1$s, ARRAY[NULL, %1$s])::app.nested AS nest FROM typed"
                        .formatted(whole));
        MessageEncoder encoder = MessageEncoders.of(MessagePipelines.with());
        List<ChangeRow> plain = SourceRowReader.read(source, "typed");
        SoftAssertions softly = new SoftAssertions();

        List<ChangeRow> rows = SourceRowReader.read(source, "composed");

        for (int i = 0; i < rows.size(); i++) {
            ObjectNode expected = object(encoder, plain.get(i));
            JsonNode id = expected.remove("id");
            JsonNode encoded = object(encoder, rows.get(i));
            JsonNode all = encoded.get("nest").get("whole");
            softly.assertThat(encoded.get("id")).isEqualTo(id);
            softly.assertThat(encoded.get("whole")).as("row %d", i).isEqualTo(expected);
            softly.assertThat(encoded.get("nest").get("its \"whole\", (x)")).isEqualTo(expected);
            softly.assertThat(all.get(0).isNull()).isTrue();
            softly.assertThat(all.get(1)).isEqualTo(expected);
        }
        assertThat(rows).hasSize(ROWS + 1);
        softly.assertAll();
    }

    private static ObjectNode object(MessageEncoder encoder, ChangeRow row) throws Exception {
        return (ObjectNode) EXACT.readTree(encoder.encode(row).payload().orElseThrow());
    }

    /** The n-th row has the n-th text of each type, and an array of the texts up to it. */
    private static void fill(Database source) {
        List<String> columns = new ArrayList<>();
        for (int c = 0; c < SAMPLES.size(); c++) {
            String type = SAMPLES.get(c).type();
            columns.add("one%d %s, many%d %s[]".formatted(c, type, c, type));
        }
        source.execute(
                TypeSamples.SETUP,
                "CREATE TABLE typed (id integer, %s)".formatted(String.join(", ", columns)),
                "INSERT INTO typed (id) VALUES (%d)".formatted(ROWS));
        for (int row = 0; row < ROWS; row++) {
            List<String> values = new ArrayList<>();
            for (Sample sample : SAMPLES) {
                List<String> texts = sample.texts();
                String cast = "::" + sample.type();
                List<String> upTo =
                        texts.subList(0, Math.min(row + 1, texts.size())).stream()
                                .map(text -> quote(text) + cast)
                                .toList();
                values.add(row < texts.size() ? upTo.get(row) : "NULL");
                values.add("ARRAY[NULL, %s]%s[]".formatted(String.join(", ", upTo), cast));
            }
            source.execute(
                    "INSERT INTO typed VALUES (%d, %s)".formatted(row, String.join(", ", values)));
        }
    }

    private static String expected() {
        List<String> expected = new ArrayList<>();
        for (int c = 0; c < SAMPLES.size(); c++) {
            Sample sample = SAMPLES.get(c);
            String one = "one" + c;
            String many = "many" + c;
            expected.add(orNull(one, sample.expected().formatted(one)));
            expected.add(orNull(many, sample.expectedOfArray().formatted(many)));
        }
        return "SELECT %s FROM typed ORDER BY id".formatted(String.join(", ", expected));
    }

    private static String orNull(String column, String json) {
        return "CASE WHEN %s::text IS NULL THEN 'null' ELSE (%s)::text END".formatted(column, json);
    }

    @Test
    void thereIsASampleOfEveryBuiltInType(@FreshDatabase Database source) {
        Set<String> sampled =
                Set.copyOf(
                        source
                                .queryAll(
                                        "SELECT DISTINCT t FROM unnest(ARRAY[%s]::regtype[]) t"
                                                .formatted(
                                                        String.join(
                                                                ",",
                                                                TypeSamples.BUILT_IN.stream()
                                                                        .map(s -> quote(s.type()))
                                                                        .toList())))
                                .stream()
                                .map(row -> row.get(0))
                                .toList());

        assertThat(
                        source
                                .queryAll(
                                        "SELECT oid::regtype FROM pg_type WHERE typnamespace ="
                                                + " 'pg_catalog'::regnamespace AND typtype IN ('b',"
                                                + " 'r', 'm') AND typcategory NOT IN ('A', 'P', 'X')"
                                                + " AND typelem = 0 OR typname IN ('point', 'line',"
                                                + " 'lseg', 'box', 'name')")
                                .stream()
                                .map(row -> row.get(0)))
                .allSatisfy(
                        type ->
                                assertThat(sampled.contains(type) || WITHOUT_INPUT.contains(type))
                                        .as(type)
                                        .isTrue());
    }

    private static String quote(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
