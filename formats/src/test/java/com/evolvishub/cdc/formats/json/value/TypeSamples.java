package com.evolvishub.cdc.formats.json.value;

import java.util.List;

/** Sample values of every column type, and the JSON that the server returns for them. */
final class TypeSamples {

    /** The message must equal the result of {@code to_json}. */
    private static final String SAME = "to_json(%s)";

    private static final String AS_NUMBER = "(%s)::text::json";
    private static final String CLOCK = "HH24:MI:SS.US";
    private static final String MOMENT = "YYYY-MM-DD\"T\"" + CLOCK;

    /**
     * A type and texts that its input function accepts.
     *
     * @param expected SQL for the expected JSON, with a placeholder for the value
     * @param expectedOfArray the same for an array of the type
     */
    record Sample(String type, String expected, String expectedOfArray, List<String> texts) {}

    private static final List<String> PAIRS =
            List.of("(1,x)", "(,)", "(2,\"\")", "(3,\"a,\"\"b\"\" \\\\ (c)\")", "(4,\" \t\n\")");

    private TypeSamples() {}

    static final String SETUP =
            """
            CREATE SCHEMA app;
            CREATE TYPE app.mood AS ENUM ('sad', 'so "so"', 'a,b {c}');
            CREATE TYPE app.pair AS (a integer, b text);
            CREATE TYPE app.floats AS RANGE (subtype = float8);
            CREATE DOMAIN app.price AS numeric(10,2);
            CREATE DOMAIN app.email AS text;
            CREATE DOMAIN app.flag AS boolean;
            CREATE DOMAIN app.moment AS timestamptz;
            CREATE DOMAIN app.bytes AS bytea;
            CREATE DOMAIN app.document AS jsonb;
            CREATE TYPE app.prices AS RANGE (subtype = app.price);
            CREATE DOMAIN app.list AS integer[];
            CREATE DOMAIN app.crates AS box[] CHECK (cardinality(VALUE) < 9);
            CREATE DOMAIN app.both AS app.pair;
            CREATE DOMAIN app.dollars AS money;
            """;

    static final List<Sample> OF_THE_USER =
            List.of(
                    same("app.mood", "sad", "so \"so\"", "a,b {c}"),
                    same("app.floats", "[0.1,2)", "empty"),
                    same("app.prices", "[1.00,2.00)"),
                    same("app.price", "1.00", "-99999999.99", "NaN"),
                    same("app.email", "a@b", "say \"x\"\\"),
                    same("app.flag", "t", "f"),
                    sample(
                            "app.moment",
                            "to_json(to_char(%s, '" + MOMENT + "\"Z\"'))",
                            "2024-01-02 03:04:05.1+00"),
                    same("app.document", "{\"a\": [1, \"b\"]}", "\"text\""),
                    sample(
                            "app.bytes",
                            "to_json(replace(encode(%s, 'base64'), E'\\n', ''))",
                            "\\x00ff"),
                    same("app.dollars", "12.50"),
                    same("app.list", "{1,2,NULL}", "{}"),
                    same("app.crates", "{(1,1),(0,0);(3,4),(1,2)}"),
                    new Sample("app.both", SAME, SAME, List.of("(1,x)")),
                    new Sample("app.pair", SAME, SAME, PAIRS));

    static final List<Sample> BUILT_IN =
            List.of(
                    same("boolean", "t", "f"),
                    same("smallint", "-32768", "32767", "0"),
                    same("integer", "-2147483648", "2147483647"),
                    same("bigint", "-9223372036854775808", "9223372036854775807"),
                    same("real", "1.17549435e-38", "3.4028235e38", "NaN", "-Infinity", "0.1"),
                    same(
                            "double precision",
                            "0.1",
                            "1e300",
                            "5e-324",
                            "NaN",
                            "Infinity",
                            "-0",
                            "1e15",
                            "123456789012345680"),
                    same(
                            "numeric",
                            "1.00",
                            "-0.000000000000000000000000000001",
                            "123456789012345678901234567890.123456789",
                            "NaN"),
                    same("numeric(10,2)", "1", "-99999999.99"),
                    sample("oid", AS_NUMBER, "0", "4294967295"),
                    same("money", "12.50", "-1234567.89"),
                    same(
                            "text",
                            "",
                            "\u0001\t\n\r\b\f\u000b\"\\/\u007f",
                            "π 😀 \u2028",
                            "NULL",
                            "{}"),
                    same("character varying(20)", "abc ", "\\N", "\\."),
                    same("character(5)", "ab"),
                    same("bpchar", "ab "),
                    same("\"char\"", "x", "\""),
                    same("name", "a name"),
                    sample(
                            "bytea",
                            "to_json(replace(encode(%s, 'base64'), E'\\n', ''))",
                            "\\x",
                            "\\x00",
                            "\\x00ff",
                            "\\x00ff10",
                            "\\xdeadbeef",
                            "\\x" + "ab".repeat(100)),
                    same("date", "2024-02-29", "0001-01-01", "9999-12-31", "infinity", "-infinity"),
                    sample(
                            "time without time zone",
                            "to_json(to_char(%s, '" + CLOCK + "'))",
                            "03:04:05",
                            "03:04:05.1",
                            "23:59:59.999999",
                            "24:00:00"),
                    sample(
                            "time(3) without time zone",
                            "to_json(to_char(%s, '" + CLOCK + "'))",
                            "03:04:05.1239"),
                    sample(
                            "time with time zone",
                            "to_json(to_char((%s)::time, '" + CLOCK + "') || '-03:30')",
                            "03:04:05.25-03:30"),
                    sample(
                            "timestamp without time zone",
                            "to_json(to_char(%s, '" + MOMENT + "'))",
                            "2024-01-02 03:04:05",
                            "0001-01-01 00:00:00",
                            "9999-12-31 23:59:59.999999"),
                    sample(
                            "timestamp(0) without time zone",
                            "to_json(to_char(%s, '" + MOMENT + "'))",
                            "2024-01-02 03:04:05.6"),
                    sample(
                            "timestamp with time zone",
                            "to_json(to_char(%s, '" + MOMENT + "\"Z\"'))",
                            "2024-01-02 03:04:05.12+05:30",
                            "1883-11-18 12:03:58-04:56:02"),
                    same(
                            "interval",
                            "1 year 2 mons 3 days 04:05:06.789",
                            "-1 days +02:03:00",
                            "00:00:00"),
                    same("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                    same(
                            "json",
                            "{\"b\" : 1.00, \"b\":\n"
                                    + "\t[true, null, \"\\u00e9 \\\" {\"], \"n\": 1e400}",
                            "\"text\"",
                            "null",
                            " 7 "),
                    same("jsonb", "{\"b\": [1.00, {\"c\": \"}\"}], \"a\": \"\\\\\"}", "[]"),
                    same("jsonpath", "$.\"a\"[*] ? (@ > 1)"),
                    same("xml", "<a b=\"c\">d</a>"),
                    same("inet", "192.168.0.1/24", "::1"),
                    same("cidr", "10.0.0.0/8"),
                    same("macaddr", "08:00:2b:01:02:03"),
                    same("macaddr8", "08:00:2b:01:02:03:04:05"),
                    same("bit(3)", "101"),
                    same("bit varying(8)", "1", ""),
                    same("point", "(1,2.5)"),
                    same("line", "{1,-1,0}"),
                    same("lseg", "[(0,0),(1,1)]"),
                    same("box", "(1,1),(0,0)", "(3,4),(1,2)"),
                    same("path", "((0,0),(1,1))", "[(0,0),(1,1)]"),
                    same("polygon", "((0,0),(1,1),(1,0))"),
                    same("circle", "<(1,2),3>"),
                    same("tsvector", "'a':1A 'it''s':2"),
                    same("tsquery", "'a' & !'b c'"),
                    same("int4range", "[1,5)", "empty", "(,)"),
                    same("int8range", "[1,5)"),
                    same("numrange", "[1.0,2.50]"),
                    same("daterange", "[2024-01-01,2024-02-01)"),
                    same("tsrange", "[\"2024-01-01 00:00:00\",\"2024-02-01 00:00:00\")"),
                    same("tstzrange", "[\"2024-01-01 00:00:00+00\",)"),
                    same("int4multirange", "{[1,5),[7,9)}", "{}"),
                    same("int8multirange", "{[1,5)}"),
                    same("nummultirange", "{[1.0,2.5]}"),
                    same("datemultirange", "{[2024-01-01,2024-02-01)}"),
                    same("tsmultirange", "{[\"2024-01-01 00:00:00\",\"2024-02-01 00:00:00\")}"),
                    same("tstzmultirange", "{[\"2024-01-01 00:00:00+00\",)}"),
                    same("pg_lsn", "16/B374D848"),
                    same("pg_snapshot", "10:20:10,14"),
                    same("txid_snapshot", "10:20:10,14"),
                    same("xid", "4294967295"),
                    same("xid8", "18446744073709551615"),
                    same("cid", "1"),
                    same("tid", "(0,1)"),
                    same("refcursor", "a cursor"),
                    same("aclitem", "=r/postgres"),
                    same("regclass", "pg_class"),
                    same("regcollation", "\"C\""),
                    same("regconfig", "english"),
                    same("regdictionary", "simple"),
                    same("regnamespace", "pg_catalog"),
                    same("regoper", "|/"),
                    same("regoperator", "+(integer,integer)"),
                    same("regproc", "now"),
                    same("regprocedure", "now()"),
                    same("regrole", "postgres"),
                    same("regtype", "integer"),
                    same("int2vector", "1 2 3"),
                    sample(
                            "oidvector",
                            "(SELECT json_agg(e::text::json) FROM unnest(%s) e)",
                            "1 4294967295"));

    private static Sample same(String type, String... texts) {
        return sample(type, SAME, texts);
    }

    private static Sample sample(String type, String expected, String... texts) {
        String element = expected.formatted("e");
        return new Sample(
                type,
                expected,
                "(SELECT json_agg(CASE WHEN e IS NOT NULL THEN "
                        + element
                        + " END) FROM unnest(%s) u(e))",
                List.of(texts));
    }
}
