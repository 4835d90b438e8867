package com.evolvishub.cdc.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.RowSchema;
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

/** Numbers, bytes and times lose nothing on their way into a message. */
class ScalarPropertiesTest {

    @Property
    void numbersKeepEveryDigit(@ForAll BigDecimal number, @ForAll long whole, @ForAll double real)
            throws Exception {
        String numeric = number.toPlainString();
        String shortest = Double.toString(real).replace("E", "e");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                Rows.column("a", "numeric(38,10)", 'b', 'N'),
                                Rows.column("b", "bigint", 'b', 'N'),
                                Rows.column("c", "double precision", 'b', 'N'),
                                Rows.column("d", "app.price", 'd', 'N')),
                        List.of());
        String said = Rows.text(schema, numeric, Long.toString(whole), shortest, numeric);

        assertThat(said)
                .isEqualTo(
                        "{\"a\":%s,\"b\":%d,\"c\":%s,\"d\":%s}"
                                .formatted(numeric, whole, shortest, numeric));
        assertThat(new ObjectMapper().readTree(said).get("b").longValue()).isEqualTo(whole);
    }

    @Property
    void bytesComeBackAsTheyWere(@ForAll byte[] bytes) throws Exception {
        JsonNode found = Rows.encode("bytea", "\\x" + HexFormat.of().formatHex(bytes));

        assertThat(found.textValue()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
    }

    @Property
    void timestampsOfAllYearsAreReadByIsoParsers(
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
                Rows.encode("timestamp without time zone", ServerText.timestamp(time)).textValue();

        assertThat(LocalDateTime.parse(found)).isEqualTo(time);
        assertThat(found).matches("[-+]?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}");
        assertThat(
                        Rows.encode("timestamp with time zone", ServerText.timestamptz(time))
                                .textValue())
                .isEqualTo(found + "Z");
        assertThat(Rows.encode("date", ServerText.date(time.toLocalDate())).textValue())
                .isEqualTo(found.substring(0, found.indexOf('T')));
    }
}
