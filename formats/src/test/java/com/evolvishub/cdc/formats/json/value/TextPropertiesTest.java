package com.evolvishub.cdc.formats.json.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.MessagePipelines;
import com.evolvishub.cdc.formats.MessageRows;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** A JSON parser reads every cell back unchanged from the message. */
class TextPropertiesTest {

    private static final ObjectMapper JACKSON = new ObjectMapper();

    /** Any text of a text column: no NUL, no unpaired surrogate. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> nasty =
                Arbitraries.of(
                        "\\\"\t\n\r\b\f\u000b\u0001\u001f\u007f{}(),;'NUL \u2028é"
                                .chars()
                                .boxed()
                                .toList());
        Arbitrary<Integer> any =
                Arbitraries.integers()
                        .between(1, Character.MAX_CODE_POINT)
                        .filter(
                                code ->
                                        code < Character.MIN_SURROGATE
                                                || code > Character.MAX_SURROGATE);
        return Arbitraries.oneOf(nasty, any)
                .list()
                .ofMaxSize(20)
                .map(
                        codes ->
                                codes.stream()
                                        .map(Character::toString)
                                        .collect(Collectors.joining()));
    }

    @Provide
    Arbitrary<List<String>> elements() {
        return texts().injectNull(0.2).list().ofMaxSize(5);
    }

    @Property
    void textIsReadBackUnchanged(
            @ForAll("texts") String value,
            @ForAll("texts") String other,
            @ForAll("texts") String name)
            throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(
                                MessageRows.column("one" + name, "text", 'b', 'S'),
                                MessageRows.column("two" + name, "app.mood", 'e', 'E')),
                        List.of());

        JsonNode row = MessageRows.encode(schema, value, other);

        assertThat(row.get("one" + name).textValue()).isEqualTo(value);
        assertThat(row.get("two" + name).textValue()).isEqualTo(other);
    }

    @Property
    void theKeyOfADeleteEqualsTheKeyOfTheRow(
            @ForAll("texts") String one, @ForAll("texts") String two, @ForAll("texts") String three)
            throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(
                                MessageRows.column("a", "text", 'b', 'S'),
                                MessageRows.column("b", "text", 'b', 'S'),
                                MessageRows.column("c", "text", 'b', 'S')),
                        List.of(2, 0));
        MessageEncoder encoder = MessageEncoders.of(MessagePipelines.with());

        byte[] there =
                encoder.encode(MessageRows.row(Operation.UPSERT, schema, one, two, three))
                        .key()
                        .orElseThrow();
        byte[] gone =
                encoder.encode(MessageRows.row(Operation.DELETE, schema, three, one))
                        .key()
                        .orElseThrow();

        assertThat(gone).isEqualTo(there);
        assertThat(JACKSON.readTree(gone).get("c").textValue()).isEqualTo(three);
        assertThat(JACKSON.readTree(gone).get("a").textValue()).isEqualTo(one);
    }

    @Property
    void theKeyFieldIsPlainText(@ForAll("texts") String value) throws Exception {
        RowSchema schema =
                new RowSchema(List.of(MessageRows.column("a", "text", 'b', 'S')), List.of());
        MessageEncoder encoder =
                MessageEncoders.of(
                        MessagePipelines.with(MessagePipelines.option("key_field", "a")));

        assertThat(
                        encoder.encode(MessageRows.row(Operation.INSERT, schema, value))
                                .key()
                                .orElseThrow())
                .isEqualTo(value.getBytes(UTF_8));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void arraysAreReadBackUnchanged(
            @ForAll @Size(max = 4) List<@From("elements") List<String>> rows,
            @ForAll boolean lowerBounds)
            throws Exception {
        String array =
                rows.stream()
                        .map(ServerOutputText::array)
                        .collect(Collectors.joining(",", "{", "}"));
        String text = lowerBounds ? "[0:%d][-2:7]=%s".formatted(rows.size() - 1, array) : array;

        JsonNode found = MessageRows.encode("text[]", text);

        assertThat(found).isEqualTo(JACKSON.valueToTree(rows));
    }

    @Property
    void compositesAreReadBackAsTextsOfTheirFields(@ForAll("elements") List<String> fields)
            throws Exception {
        List<String> some = fields.isEmpty() ? Collections.singletonList(null) : fields;
        RowSchema schema =
                new RowSchema(List.of(MessageRows.column("v", "app.pair", 'c', 'C')), List.of());

        JsonNode found = MessageRows.encode(schema, ServerOutputText.composite(some)).get("v");

        assertThat(found).isEqualTo(JACKSON.valueToTree(some));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void jsonIsUnchangedButOnOneLine(@ForAll("documents") JsonNode document) throws Exception {
        String pretty =
                document.toPrettyString().replaceAll("(?<=\n) +", "\t ").replace("\n", "\r\n");
        RowSchema schema =
                new RowSchema(List.of(MessageRows.column("v", "json", 'b', 'U')), List.of());

        String encoded = MessageRows.text(schema, pretty);

        assertThat(encoded).doesNotContain("\n", "\r", "\t");
        assertThat(JACKSON.readTree(encoded).get("v")).isEqualTo(JACKSON.readTree(pretty));
    }

    @Provide
    Arbitrary<JsonNode> documents() {
        Arbitrary<Object> leaf =
                Arbitraries.oneOf(
                        texts().map(text -> (Object) text),
                        Arbitraries.longs().map(number -> (Object) number),
                        Arbitraries.of(true, false).map(truth -> (Object) truth));
        Arbitrary<Object> tree =
                Arbitraries.recursive(
                        () -> leaf,
                        inner ->
                                Arbitraries.oneOf(
                                        inner.list().ofMaxSize(3).map(list -> (Object) list),
                                        Arbitraries.maps(texts(), inner)
                                                .ofMaxSize(3)
                                                .map(map -> (Object) map)),
                        0,
                        3);
        return tree.map(JACKSON::valueToTree);
    }
}
