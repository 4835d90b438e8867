package com.evolvishub.cdc.connectors.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests every pair of types and modifiers at the server: a text that a column of the first type
 * prints is written to a column of the second, and its text is written back. Types are compatible
 * if the values are unchanged.
 */
@Timeout(300)
class TypeCompatibilityITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /**
     * Types of the server, except those of its catalogs, also with modifiers where they have some.
     */
    private static final String TYPES =
            """
            CREATE TABLE types AS
            SELECT row_number() OVER (ORDER BY printed)::int AS id, printed, category
            FROM (SELECT DISTINCT format_type(t.oid, -1) AS printed,
                                  t.typcategory::text AS category
                  FROM pg_type t
                  WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b'
                    AND t.typcategory IN ('B', 'D', 'I', 'N', 'S', 'T', 'U', 'V')
                    AND t.typname !~ '^(pg_|reg|_|xid|cid$|tid$|txid|gtsvector|aclitem$|refcursor|name$)'
                  UNION ALL
                  SELECT format(name, modifier), category
                  FROM (VALUES ('character(%s)', 'S', '{1,3,36}'),
                               ('character varying(%s)', 'S', '{1,3,4,11,20,36}'),
                               ('bit(%s)', 'V', '{1,3}'), ('bit varying(%s)', 'V', '{1,3}'),
                               ('numeric(%s)', 'N', '{3,5,"5,0","10,2","12,3","3,5",19}'),
                               ('timestamp(%s) without time zone', 'D', '{0,3,6}'),
                               ('timestamp(%s) with time zone', 'D', '{0,3,6}'),
                               ('time(%s) without time zone', 'D', '{0,6}'),
                               ('time(%s) with time zone', 'D', '{0,6}'),
                               ('interval(%s)', 'T', '{0,6}'),
                               ('interval %s', 'T',
                                '{year,month,day,minute,day to second,day to second(3)}'))
                           AS limited (name, category, modifiers),
                       unnest(modifiers::text[]) AS modifier) AS all_types
            """;

    private static final String VALUES =
            """
            CREATE TABLE probes AS SELECT unnest(ARRAY[
                '', 'a', 'A', 'a ', 'ab', 'abc', 'abcd', 'true', 'f', '0', '1', '-1', '-0', '101', '10110',
                '9', '99', '999', '-999', '12345', '32767', '-32768', '2147483647', '-2147483648',
                '9007199254740993', '9223372036854775807', '-9223372036854775808', '4294967295',
                '12345678901234567890123', '0.1', '-0.12345', '1.005', '99999999.99', '-99999999.99',
                '123456789.123456789', '1e-30', '1.17549435e-38', '0.00999', '16777217',
                'NaN', 'Infinity', '-Infinity',
                '2026-02-03', '0001-02-03 BC', '294276-12-31', '5874897-12-31', 'infinity', '-infinity',
                '2026-02-03 04:05:06', '2026-02-03 04:05:06.123456', '2026-02-03 04:05:06.5+03',
                '2026-02-03 23:59:59.9999', '04:05:06', '04:05:06.123456', '24:00:00', '04:05:06.5+03',
                '1 year', '-14 mons', '40 days', '1 mon -1 days', '3 days 04:05:06.123456', '00:00:07',
                '10.1.2.3', '10.1.2.3/24', '10.1.0.0/16', '::1', 'fe80::1/64',
                '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
                '123e4567-e89b-12d3-a456-426614174000', '\\x0a', '{"a": 1}', '{"a":1}',
                '{"a": 1, "a": 2}', '[1]', 'null', '$."a"', '$1.50', '-$0.05', '1/2', '16/B374D848',
                '<a/>', '''a'':1', '''a'' & ''b''', repeat('x', 100), repeat('1', 40)]) AS value
            """;

    private static final String FUNCTIONS =
            """
            CREATE FUNCTION stored(type int, value text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE shown text;
            BEGIN
              -- an assignment, as COPY does it: a cast would cut without a word
              EXECUTE format('INSERT INTO t%s VALUES (%L) RETURNING format(''%%s'', c)', type, value)
              INTO shown;
              RETURN shown;
            EXCEPTION WHEN OTHERS THEN RETURN NULL;
            END $$;
            CREATE FUNCTION survives(source int, value text, destination int) RETURNS boolean
            LANGUAGE plpgsql AS $$
            DECLARE there text := stored(destination, value);
            BEGIN
              IF there ~ '^-?[0-9]+[.]0+$' AND stored(source, there) IS NULL THEN
                -- a whole number, shown with the digits of its column
                there := split_part(there, '.', 1);
              END IF;
              RETURN there IS NOT NULL AND stored(source, there) IS NOT DISTINCT FROM value;
            END $$;
            CREATE FUNCTION fits(source int, destination int) RETURNS boolean LANGUAGE plpgsql AS $$
            DECLARE value text;
            BEGIN
              FOR value IN SELECT s.value FROM shown s WHERE s.type = source LOOP
                IF NOT survives(source, value, destination) THEN RETURN false; END IF;
              END LOOP;
              RETURN true;
            END $$;
            """;

    private record Pair(String source, String destination, String categories, boolean survives) {
        boolean isOfTwoKinds() {
            return categories.charAt(0) != categories.charAt(1);
        }

        boolean isLimitedText() {
            return categories.endsWith("S") && !to().isUnlimited();
        }

        ParsedTypeName from() {
            return ParsedTypeName.of(source);
        }

        ParsedTypeName to() {
            return ParsedTypeName.of(destination);
        }
    }

    /**
     * Accepted, although the server does not return every value unchanged. See {@link
     * TypeCompatibility}.
     */
    private static final List<Predicate<Pair>> TAKEN_ALL_THE_SAME =
            List.of(
                    pair -> pair.source().equals("json") && pair.to().base().equals("jsonb"),
                    // dates have a larger range than timestamps
                    pair -> pair.source().equals("date") && pair.to().base().startsWith("timest"));

    /** Rejected although the text is unchanged: the stored value is another one. */
    private static final List<Predicate<Pair>> REFUSED_ALL_THE_SAME =
            List.of(
                    // a decimal fraction has no exact binary equivalent
                    pair ->
                            pair.from().base().equals("numeric")
                                    && Set.of("real", "double precision")
                                            .contains(pair.to().base()),
                    // the server appends the zone of the session
                    pair ->
                            pair.source().startsWith("time")
                                    && !pair.from().base().equals(pair.to().base()),
                    // a lexeme of a document or a search, not a value
                    pair ->
                            Set.of("xml", "jsonpath", "tsvector", "tsquery")
                                    .contains(pair.destination()),
                    pair -> pair.source().equals("\"char\""),
                    // the length of their texts is not limited
                    pair ->
                            pair.isLimitedText()
                                    && !pair.categories().startsWith("S")
                                    && TextWidth.of(pair.from()).most() == 0,
                    // padding blanks are not part of the value
                    pair ->
                            pair.to().base().equals("character")
                                    && !TextWidth.of(pair.from()).fits(pair.to()),
                    // types of their own, even if their texts are similar
                    pair -> pair.isOfTwoKinds() && !pair.categories().endsWith("S"),
                    // an amount is not a number: it is printed in the server's currency
                    pair -> pair.destination().equals("money"));

    private Database database;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        database.execute(
                TYPES,
                VALUES,
                "DO $$ DECLARE t record; BEGIN FOR t IN SELECT * FROM types LOOP EXECUTE"
                        + " format('CREATE UNLOGGED TABLE t%s (c %s)', t.id, t.printed);"
                        + " END LOOP; END $$",
                FUNCTIONS,
                "CREATE TABLE shown AS SELECT DISTINCT id AS type, stored(id, value) AS value"
                        + " FROM types, probes",
                "DELETE FROM shown WHERE value IS NULL",
                // the printed text is what is sent; it must be a value of the column itself
                "ANALYZE shown");
    }

    private List<Pair> pairs() {
        return database
                .queryAll(
                        "SELECT s.printed, d.printed, s.category || d.category,"
                                + " fits(s.id, d.id)::text FROM types s, types d")
                .stream()
                .map(row -> new Pair(row.get(0), row.get(1), row.get(2), row.get(3).equals("true")))
                .toList();
    }

    @Test
    void acceptsExactlyTheTypesThatKeepEveryValue() {
        List<Pair> pairs = pairs();
        assertThat(pairs).hasSizeGreaterThan(3000);
        assertThat(pairs)
                .as("accepted, and cut, rounded or refused by the server")
                .filteredOn(pair -> TypeCompatibility.fits(pair.source(), pair.destination()))
                .filteredOn(pair -> !pair.survives())
                .filteredOn(pair -> TAKEN_ALL_THE_SAME.stream().noneMatch(all -> all.test(pair)))
                .isEmpty();
        assertThat(pairs)
                .as("refused, and every value survives")
                .filteredOn(Pair::survives)
                .filteredOn(pair -> !TypeCompatibility.fits(pair.source(), pair.destination()))
                .filteredOn(pair -> REFUSED_ALL_THE_SAME.stream().noneMatch(all -> all.test(pair)))
                .isEmpty();
    }
}
