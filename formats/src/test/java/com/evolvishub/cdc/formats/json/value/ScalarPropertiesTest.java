package com.evolvishub.cdc.formats.json.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.MessageRows;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Numbers, bytes and times are encoded without loss. */
class ScalarPropertiesTest {

    @Property
    void numbersKeepEveryDigit(@ForAll BigDecimal number, @ForAll long whole, @ForAll double real)
            throws Exception {
        String numeric = number.toPlainString();
        String shortest = Double.toString(real).replace("E", "e");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                MessageRows.column("a", "numeric(38,10)", 'b', 'N'),
                                MessageRows.column("b", "bigint", 'b', 'N'),
                                MessageRows.column("c", "double precision", 'b', 'N'),
                                MessageRows.column("d", "app.price", 'd', 'N')),
                        List.of());
        String encoded = MessageRows.text(schema, numeric, Long.toString(whole), shortest, numeric);

        assertThat(encoded)
                .isEqualTo(
                        "{\"a\":%s,\"b\":%d,\"c\":%s,\"d\":%s}"
                                .formatted(numeric, whole, shortest, numeric));
        assertThat(new ObjectMapper().readTree(encoded).get("b").longValue()).isEqualTo(whole);
    }

    @Property
    void bytesAreReadBackUnchanged(@ForAll byte[] bytes) throws Exception {
        JsonNode found = MessageRows.encode("bytea", "\\x" + HexFormat.of().formatHex(bytes));

        assertThat(found.textValue()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
    }

    @Property
    void isoParsersReadTimestampsOfAllYears(
            @ForAll @IntRange(min = -4712, max = 294_275) int year,
            @ForAll @IntRange(min = 1, max = 366) int day,
            @ForAll @IntRange(max = 86_399) int second,
            @ForAll @IntRange(max = 999_999) int micros)
            throws Exception {
        LocalDateTime time =
                LocalDateTime.of(year, 1, 1, 0, 0)
                        .plusDays(day - 1L)
                        .plusSeconds(second)
                        .plusNanos(micros * 1000L);

        String found =
                MessageRows.encode("timestamp without time zone", ServerOutputText.timestamp(time))
                        .textValue();

        assertThat(LocalDateTime.parse(found)).isEqualTo(time);
        assertThat(found).matches("[-+]?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}");
        assertThat(
                        MessageRows.encode(
                                        "timestamp with time zone",
                                        ServerOutputText.timestamptz(time))
                                .textValue())
                .isEqualTo(found + "Z");
        assertThat(
                        MessageRows.encode("date", ServerOutputText.date(time.toLocalDate()))
                                .textValue())
                .isEqualTo(found.substring(0, found.indexOf('T')));
    }
}
