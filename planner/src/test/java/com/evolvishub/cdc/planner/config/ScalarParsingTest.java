package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarParsingTest {

    private static ConfigFileSpec read(String top, String source, String mapping) {
        return SpecReaderFixture.plain()
                .read(
                        """
                        name: x
                        %s
                        mappings:
                          - name: a
                            %s
                            source:
                              type: postgresql
                              host: h
                              database: d
                              table: t
                              %s
                            destination: {type: kafka, host: h, table: t}
                        """
                                .formatted(top, mapping, source))
                .spec();
    }

    private static MappingSpec mapping(String source, String mapping) {
        return read("", source, mapping).mappings().get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "on",
                "no",
                "Yes",
                "0777",
                "1e3",
                "1_000",
                "0x1F",
                "12:30:45",
                "2024-01-01",
                "1.0",
                "true",
                ".5",
                "+1",
                "<<",
                "=",
                ".inf",
                "-0"
            })
    void keepsTheTextOfAPassword(String text) {
        MappingSpec mapping = mapping("password: " + text, "exclude_columns: [" + text + "]");

        assertThat(mapping.source().connection().password().reveal()).isEqualTo(text);
        assertThat(mapping.excludeColumns()).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true",
        "'\"true\"', true",
        "False, false",
        "yes, true",
        "off, false",
        "'\"no\"', false"
    })
    void acceptsEveryNotationOfBooleans(String text, boolean expected) {
        assertThat(read("stop_on_error: " + text, "", "").stopOnError()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"7, 7", "'\"7\"', 7", "7.0, 7", "1e2, 100"})
    void acceptsEveryNotationOfCounts(String text, int expected) {
        assertThat(read("max_workers: " + text, "", "").maxWorkers()).isEqualTo(expected);
    }

    @Test
    void intervalsMayBeFractions() {
        MappingSpec mapping = mapping("", "sync: {interval_seconds: '0.25'}");

        assertThat(mapping.sync().interval()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aKeyWithoutValueIsNotGiven() {
        ConfigFileSpec spec = read("max_workers:\ndescription: ~", "username: null", "watermark:");

        assertThat(spec.maxWorkers()).isEqualTo(5);
        assertThat(spec.description()).isEmpty();
        assertThat(spec.mappings().get(0).watermark()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "t||t",
                "s.t|s|t",
                "Order|| Order",
                "'\"a.b\".t'|a.b|t",
                "'\"a.b\"'||a.b",
                "'s.\"t\"\"x\"'|s|t\"x",
                "a b||a b"
            },
            delimiter = '|',
            quoteCharacter = '`')
    void splitsTableNamesAtTheDot(String text, String schema, String table) {
        TableName name = TableName.parse(text.replaceAll("^'|'$", "")).orElseThrow();

        assertThat(name).isEqualTo(new TableName(schema == null ? "" : schema, table));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "a\"b", "\"\""})
    void reportsInvalidTableNames(String text) {
        assertThat(TableName.parse(text)).isEmpty();
    }
}
