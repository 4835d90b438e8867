package com.evolvishub.cdc.connectors.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeCompatibilityTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "integer > integer",
                "smallint > bigint",
                "bigint > numeric",
                "integer > numeric(12,2)",
                "real > double precision",
                "numeric(10,2) > numeric(12,3)",
                "numeric(10,2) > numeric",
                "character varying(20) > character varying(20)",
                "character varying(20) > text",
                "character(3) > character varying(5)",
                "date > timestamp with time zone",
                "timestamp(3) with time zone > timestamp with time zone",
                "jsonb > json",
                "app.mood > text",
                "integer[] > text",
                "integer[] > bigint[]",
                "app.mood > app.mood",
                "bit(3) > bit varying(8)",
                "timestamp with time zone > timestamp(6) with time zone",
                "timestamp(6) with time zone > timestamp with time zone",
                "timestamp(6) without time zone[] > timestamp without time zone[]",
                "time without time zone > time(6) without time zone",
                "interval > interval(6)",
                "interval year > interval year to month",
                "interval day to second(3) > interval",
                "numeric(5) > numeric(5,0)",
                "uuid > character varying(36)",
                "uuid > character(36)",
                "oid > bigint",
            })
    void fits(String source, String destination) {
        assertThat(TypeCompatibility.fits(source, destination)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "numeric(10,2) > integer",
                "bigint > integer",
                "bigint > double precision",
                "integer > numeric(10,2)",
                "numeric > numeric(10,2)",
                "numeric(10,3) > numeric(10,2)",
                "text > character varying(20)",
                "character varying(21) > character varying(20)",
                "character varying(3) > character",
                "timestamp without time zone > timestamp with time zone",
                "timestamp with time zone > timestamp without time zone",
                "timestamp with time zone > timestamp(3) with time zone",
                "timestamp with time zone > date",
                "integer > integer[]",
                "text > integer",
                "app.mood > other.mood",
                "character varying(3) > character varying(2)",
                "interval > interval day",
                "interval(3) > interval(0)",
                "uuid > character varying(35)",
                "integer > character varying(10)",
                "bit(3) > bit",
            })
    void doesNotFit(String source, String destination) {
        assertThat(TypeCompatibility.fits(source, destination)).isFalse();
    }
}
