package com.evolvishub.cdc.formats.json.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.formats.MessageRows;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that do not have the usual format of their type: the result must still be valid JSON. */
class UnusualValuesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "0x10", "1 2", "$1.00", "1,2"
            })
    void textThatIsNotAJsonNumberIsAString(String text) throws Exception {
        assertThat(encode("app.money_like", 'd', 'N', text)).isEqualTo('"' + text + '"');
        assertThat(encode("numeric", 'b', 'N', text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "10", "0.5", "-1.50", "1e+20", "1e-07", "5E3"})
    void aJsonNumberIsUnchanged(String text) throws Exception {
        assertThat(encode("double precision", 'b', 'N', text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " BC",
                "03:04:05 BC",
                "2024-01-02T03:04:05",
                "2024-01-02 03:04",
                "2024-01-02 03:04:05.1234567",
                "2024-01-02 03:04:05.",
                "2024-01-02 ",
                "02.01.2024",
                "Tue Jan 02 2024",
                "24-01-02"
            })
    void aTimeInAnotherFormatIsUnchanged(String text) throws Exception {
        assertThat(encode("app.moment", 'd', 'D', text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @CsvSource({
        "03:04:05+00, 03:04:05.000000Z",
        "03:04:05.1-04:56:02, 03:04:05.100000-04:56:02",
        "2024-01-02 03:04:05+05:45, 2024-01-02T03:04:05.000000+05:45",
        "10000-01-01 BC, -9999-01-01",
        "10001-01-01 BC, -10000-01-01",
        "294276-12-31, +294276-12-31",
    })
    void offsetsAndDistantYearsAreKept(String text, String expected) throws Exception {
        assertThat(encode("app.moment", 'd', 'D', text)).isEqualTo('"' + expected + '"');
    }

    @Test
    void aRecordOfAQueryIsAnArrayOfTexts() throws Exception {
        assertThat(encode("record", 'p', 'P', "(1,,\"a\"\"b\\\\\")"))
                .isEqualTo("[\"1\",null,\"a\\\"b\\\\\"]");
    }

    @Test
    void geometriesInAnArrayAreSeparatedByColons() throws Exception {
        assertThat(encode("public.geometry[]", 'b', 'A', "{0101:0102}"))
                .isEqualTo("[\"0101\",\"0102\"]");
        assertThat(encode("public.geography(Point,4326)[]", 'b', 'A', "{0101:0102}"))
                .isEqualTo("[\"0101\",\"0102\"]");
        assertThat(encode("public.ratio[]", 'b', 'A', "{1:2,3:4}")).isEqualTo("[\"1:2\",\"3:4\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(1,x) | {\"a\":1,\"b\":\"x\"}",
                "(1,) | {\"a\":1,\"b\":null}",
                "(1,\"\") | {\"a\":1,\"b\":\"\"}",
                "(\"1\",\"x,\"\",\"\"\") | {\"a\":1,\"b\":\"x,\\\",\\\"\"}",
                "(1,\"\\\",\\\"\") | {\"a\":1,\"b\":\"\\\",\\\"\"}",
                "(1,x,) | [\"1\",\"x\",null]",
                "(1) | [\"1\"]",
                "() | [null]",
            })
    void aCompositeIsAnObjectIfItHasTheKnownFields(String text, String expected) throws Exception {
        TypeDefinition made =
                new TypeDefinition("app.pair", "CREATE TYPE app.pair AS (a integer, b text)");
        SqlType type = new SqlType(0, "app.pair", 'c', 'C', "app.pair", List.of(made));

        assertThat(encode(type, text)).isEqualTo(expected);
    }

    @Test
    void aDomainOverAVectorIsAString() throws Exception {
        assertThat(encode("app.vector", 'd', 'A', "1 2 3")).isEqualTo("\"1 2 3\"");
    }

    @Test
    void anEmptyArrayIsEmptyWithAnyBounds() throws Exception {
        assertThat(encode("integer[]", 'b', 'A', "{}")).isEqualTo("[]");
        assertThat(encode("int2vector", 'b', 'A', "")).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "integer[] | {1,2",
                "integer[] | {\"1",
                "integer[] | {1}}",
                "integer[] | {1},{2}",
                "integer[] | {1} 2",
                "integer[] | {,}",
                "integer[] | {1,}",
                "integer[] | {{1}{2}}",
                "app.parted[] | {\"a b\";\"c d\"}",
                "app.pair | 1,2",
                "app.pair | (\"1)",
                "bytea | \\001",
                "bytea | \\x1",
                "bytea | \\x0g",
            })
    void invalidTextIsRejectedWithColumnAndTypeOnly(String type, String text) {
        char kind = type.equals("app.pair") ? 'c' : 'b';

        assertThatThrownBy(() -> encode(type, kind, 'X', text))
                .isInstanceOf(MessageEncodingException.class)
                .hasMessageStartingWith("column \"v\" (" + type + "): ")
                .hasMessageNotContaining(text);
    }

    private static String encode(String type, char kind, char category, String text)
            throws Exception {
        return encode(new SqlType(0, type, kind, category), text);
    }

    private static String encode(SqlType type, String text) throws Exception {
        RowSchema schema = new RowSchema(List.of(new Column("v", "v", type, true)), List.of());
        String payload = MessageRows.text(schema, text);
        return payload.substring("{\"v\":".length(), payload.length() - 1);
    }
}
