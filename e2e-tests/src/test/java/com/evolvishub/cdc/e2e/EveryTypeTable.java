package com.evolvishub.cdc.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A table with a column of every type, and edge cases of its values. */
final class EveryTypeTable {

    /** The number of rows: more than the longest list of values. */
    static final int ROWS = 60;

    private static final String CONTROLS =
            "(SELECT string_agg(chr(c), '') FROM generate_series(1, 127) c)";

    private static final Map<String, List<String>> VALUES = values();

    private EveryTypeTable() {}

    /** Statements that create nested user-defined types. */
    static String[] userTypes() {
        return new String[] {
            "CREATE SCHEMA app",
            "CREATE TYPE app.mood AS ENUM ('so so', 'it''s, \"fine\"', E'tab\\there', '🐘', 'NULL')",
            "CREATE DOMAIN app.grade AS numeric(5,2) CHECK (VALUE >= 0)",
            "CREATE DOMAIN app.better_grade AS app.grade CHECK (VALUE > 1)",
            "CREATE TYPE app.\"Weird, Type\" AS (\"a b\" int, t text, m app.mood, l text[])",
            "CREATE TYPE app.pair AS (one app.\"Weird, Type\", other app.grade)",
            "CREATE TYPE app.floats AS RANGE (subtype = float8)",
        };
    }

    static String[] extensions() {
        return new String[] {"CREATE EXTENSION hstore", "CREATE EXTENSION citext"};
    }

    /** The column definitions for CREATE TABLE. */
    static String columns() {
        List<String> columns = new ArrayList<>();
        int number = 0;
        for (String type : VALUES.keySet()) {
            columns.add("c" + number++ + " " + type);
        }
        return String.join(", ", columns);
    }

    /** The column names. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < VALUES.size(); i++) {
            names.add("c" + i);
        }
        return names;
    }

    /** The type of a column, for messages. */
    static String type(String name) {
        return List.copyOf(VALUES.keySet()).get(Integer.parseInt(name.substring(1)));
    }

    /** The values of one row. Any {@link #ROWS} consecutive rows contain all values. */
    static String row(int number) {
        return VALUES.values().stream()
                .map(
                        list ->
                                number % (list.size() + 1) == 0
                                        ? "NULL"
                                        : list.get(number % (list.size() + 1) - 1))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, List<String>> values() {
        Map<String, List<String>> v = new LinkedHashMap<>();
        v.put("smallint", List.of("-32768", "32767", "0"));
        v.put("integer", List.of("-2147483648", "2147483647"));
        v.put("bigint", List.of("-9223372036854775808", "9223372036854775807"));
        v.put(
                "numeric",
                List.of(
                        "'NaN'",
                        "'Infinity'",
                        "'-Infinity'",
                        "1.0",
                        "1.00",
                        "-0.000",
                        "1e-16383",
                        "9e131071",
                        "repeat('9', 1000)::numeric + 0." + "1".repeat(300)));
        v.put("numeric(10,2)", List.of("'NaN'", "99999999.99", "-0.01"));
        v.put("numeric(3,-2)", List.of("12300", "-99900"));
        v.put("numeric(2,5)", List.of("0.00012", "-0.00099"));
        v.put(
                "real",
                List.of(
                        "'-0'",
                        "'NaN'",
                        "'Infinity'",
                        "'-Infinity'",
                        "3.4028235e38",
                        "1e-45",
                        "0.1"));
        v.put(
                "double precision",
                List.of(
                        "'-0'",
                        "'NaN'",
                        "'Infinity'",
                        "'-Infinity'",
                        "1.7976931348623157e308",
                        "5e-324",
                        "0.1::float8 + 0.2::float8"));
        v.put("money", List.of("'-92233720368547758.08'", "'92233720368547758.07'", "'1234.5'"));
        v.put("boolean", List.of("true", "false"));
        v.put(
                "timestamp",
                List.of(
                        "'infinity'",
                        "'-infinity'",
                        "'4713-01-01 00:00:00 BC'",
                        "'294276-12-31 23:59:59.999999'",
                        "'2024-02-29 12:34:56.000001'",
                        "'0001-12-31 23:59:59 BC'"));
        v.put("timestamp(0)", List.of("'2024-02-29 12:34:56'"));
        v.put(
                "timestamptz",
                List.of(
                        "'infinity'",
                        "'-infinity'",
                        "'4713-01-01 00:00:00+00 BC'",
                        "'294276-12-31 23:59:59.999999+00'",
                        "'2024-03-31 02:30:00.123456+01:30'"));
        v.put(
                "date",
                List.of(
                        "'infinity'",
                        "'-infinity'",
                        "'4713-01-01 BC'",
                        "'5874897-12-31'",
                        "'2024-02-29'"));
        v.put("time", List.of("'24:00'", "'00:00'", "'23:59:59.999999'"));
        v.put("time(0)", List.of("'12:34:56'"));
        v.put("timetz", List.of("'24:00+15:59:59'", "'00:00-15:59:59'", "'12:34:56.123456+05:30'"));
        v.put(
                "interval",
                List.of(
                        "'1 year -2 months 3 days -04:05:06.789'",
                        "'-178000000 years'",
                        "'24:00'",
                        "'1 day'",
                        "'P1Y2M3DT4H5M6.000001S'"));
        v.put("interval day to second(3)", List.of("'3 days 04:05:06.789'"));
        v.put(
                "bytea",
                List.of(
                        "''",
                        "'\\x00'",
                        "(SELECT decode(string_agg(lpad(to_hex(b), 2, '0'), ''), 'hex') FROM generate_series(0, 255) b)"));
        v.put("text", texts());
        v.put("varchar", texts());
        v.put("varchar(5)", List.of("'ab   '", "'🐘🐘🐘🐘🐘'", "''"));
        v.put("char(4)", List.of("'a'", "''", "'🐘'", "E'\\\\N'"));
        v.put("\"char\"", List.of("'a'", "''", "E'\\\\'"));
        v.put("name", List.of("'a b'", "repeat('é', 31)"));
        v.put("bit", List.of("B'1'", "B'0'"));
        v.put("bit(5)", List.of("B'10101'"));
        v.put("bit varying", List.of("B''", "B'000111000111000'"));
        v.put("bit varying(3)", List.of("B'01'"));
        v.put(
                "uuid",
                List.of(
                        "'00000000-0000-0000-0000-000000000000'",
                        "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"));
        v.put("inet", List.of("'10.0.0.1/8'", "'::ffff:1.2.3.4/128'", "'192.168.0.1'"));
        v.put("cidr", List.of("'10.0.0.0/8'", "'2001:db8::/32'"));
        v.put("macaddr", List.of("'08:00:2b:01:02:03'"));
        v.put("macaddr8", List.of("'08:00:2b:01:02:03:04:05'"));
        v.put(
                "json",
                List.of(
                        "'{\"a\" :  1, \"a\": 2.00,\\n\\t\"b\":null }'"
                                .replace("\\n", "\n")
                                .replace("\\t", "\t"),
                        "' 1e400 '",
                        "'\"\\u0000 \\ud83d\\ude00\"'",
                        "'null'",
                        "'[]'"));
        v.put(
                "jsonb",
                List.of(
                        "'{\"b\": 1.00, \"a\": [1, null, {}], \"a\": 2}'",
                        "'1e400'",
                        "'\"\\\\ \\\" \\n\"'",
                        "'null'"));
        v.put("jsonpath", List.of("'$.a[*] ? (@ > 1).\"b c\"'"));
        v.put(
                "xml",
                List.of(
                        "'<a b=\"1\">x &amp; y</a>'::xml",
                        "XMLPARSE(CONTENT 'just <b/> content')",
                        "XMLPARSE(DOCUMENT '<!DOCTYPE a><a/>')",
                        "''::xml"));
        v.put("point", List.of("'(1.5,-0)'", "'(Infinity,NaN)'"));
        v.put("line", List.of("'{1,-2,3}'"));
        v.put("lseg", List.of("'[(1,2),(3,4)]'"));
        v.put("box", List.of("'(3,4),(1,2)'"));
        v.put("path", List.of("'[(1,2),(3,4)]'", "'((1,2),(3,4))'"));
        v.put("polygon", List.of("'((1,2),(3,4),(5,6))'"));
        v.put("circle", List.of("'<(1,2),3>'"));
        v.put("tsvector", List.of("$$'a' 'it''s':1A,2 'b\\\\c':3$$", "''"));
        v.put("tsquery", List.of("$$'a' & !( 'b' | 'c''d':*A ) <2> 'e'$$", "''"));
        v.put("int4range", List.of("'empty'", "'(,)'", "'[1,5]'", "'(,7)'"));
        v.put("int8range", List.of("'[-9223372036854775808,9223372036854775807)'"));
        v.put("numrange", List.of("'(1.0,1.00]'", "'[NaN,NaN]'", "'[,Infinity)'"));
        v.put("tsrange", List.of("'[-infinity,2024-01-01 00:00:00.000001)'"));
        v.put("tstzrange", List.of("'(2024-01-01 00:00:00+02,infinity]'"));
        v.put("daterange", List.of("'[2024-02-29,2024-02-29]'", "'[4713-01-01 BC,infinity)'"));
        v.put("int4multirange", List.of("'{}'", "'{[1,2),[5,8)}'"));
        v.put("nummultirange", List.of("'{(,1.00),[2.0,)}'"));
        v.put("tstzmultirange", List.of("'{[2024-01-01,2024-01-02),[2025-01-01,infinity)}'"));
        v.put("pg_lsn", List.of("'FFFFFFFF/FFFFFFFF'", "'0/0'"));
        v.put("xid8", List.of("'18446744073709551615'"));
        v.put("xid", List.of("'4294967295'"));
        v.put("tid", List.of("'(4294967295,65535)'"));
        v.put("oid", List.of("4294967295"));
        v.put("pg_snapshot", List.of("'10:20:10,14,15'"));
        v.put("int2vector", List.of("'1 2 3'"));
        v.put(
                "integer[]",
                List.of(
                        "'{}'",
                        "'{1,NULL,-3}'",
                        "'[-2:0]={1,2,3}'",
                        "'{{1,2},{3,NULL}}'",
                        "'[2:3][-1:0]={{1,2},{3,4}}'"));
        v.put(
                "text[]",
                List.of(
                        "ARRAY['', NULL, 'NULL', 'null', ' a ', 'b,c', '{}', '\"', E'\\\\', E'\\t\\n\\r', '🐘']",
                        "'{}'",
                        "ARRAY[ARRAY['a', NULL], ARRAY['\"b\"', '']]"));
        v.put("varchar(3)[]", List.of("'{abc,\"a  \"}'"));
        v.put("numeric(6,2)[]", List.of("'{1.00,NaN}'"));
        v.put("bytea[]", List.of("ARRAY['\\x00'::bytea, ''::bytea, '\\x5c27'::bytea]"));
        v.put("timestamptz[]", List.of("'{infinity,\"4713-01-01 00:00:00+00 BC\"}'"));
        v.put("json[]", List.of("ARRAY['{\"a\":  1}'::json, 'null'::json]"));
        v.put("point[]", List.of("ARRAY['(1,2)'::point, NULL]"));
        v.put("box[]", List.of("ARRAY['(3,4),(1,2)'::box, '(7,8),(5,6)'::box]"));
        v.put("int4range[]", List.of("'{empty,\"[1,5)\",NULL}'"));
        v.put("app.mood", List.of("'so so'", "E'tab\\there'", "'🐘'", "'NULL'"));
        v.put(
                "app.mood[]",
                List.of("ARRAY['so so', 'it''s, \"fine\"', NULL, 'NULL', '🐘']::app.mood[]"));
        v.put("app.grade", List.of("1.50", "'NaN'"));
        v.put("app.grade[]", List.of("ARRAY[1.5, NULL]::app.grade[]"));
        v.put("app.better_grade", List.of("2"));
        v.put(
                "app.\"Weird, Type\"",
                List.of(
                        "ROW(NULL, '', 'NULL', ARRAY['a', NULL])",
                        "ROW(-1, E'\\\\ \" '' , () \\t\\n', '🐘', '{}')",
                        "ROW(NULL, NULL, NULL, NULL)"));
        v.put(
                "app.\"Weird, Type\"[]",
                List.of(
                        "ARRAY[ROW(1, 'a,b', 'so so', ARRAY['\"']), NULL, ROW(NULL, NULL, NULL, NULL)]::app.\"Weird, Type\"[]"));
        v.put(
                "app.pair",
                List.of("ROW(ROW(1, E'(\"\\\\', 'so so', ARRAY['x y']), 1.25)", "ROW(NULL, NULL)"));
        v.put("app.floats", List.of("'[-0,Infinity)'", "'empty'", "'(,)'"));
        v.put("app.floats_multirange", List.of("'{[1.5,2),(3,)}'"));
        v.put("app.floats[]", List.of("ARRAY['[1,2)', NULL]::app.floats[]"));
        v.put("hstore", List.of("'a=>1, \"b c\"=>NULL, \"\"=>\"\\\"\"'", "''"));
        v.put("citext", List.of("'Ab'", "'aB'"));
        v.put("citext[]", List.of("'{Ab,NULL}'"));
        return v;
    }

    private static List<String> texts() {
        return List.of(
                "''",
                "' '",
                CONTROLS,
                "E'\\\\N'",
                "E'\\\\.'",
                "E'a\\n\\\\.\\nb'",
                "E'\\t'",
                "E'\\r\\n'",
                "E'\\n'",
                "E'C:\\\\new\\\\\\\\table\\\\'",
                "'NULL'",
                "'🐘 ' || chr(1114111) || ' é e' || chr(769)",
                "repeat('x', 300000)");
    }
}
