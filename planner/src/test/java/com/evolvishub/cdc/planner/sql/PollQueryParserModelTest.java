package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.sql.PollQuery.Part;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.PollQuery.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PollQueryParserModelTest {

    /** A piece of SQL and the expected part. */
    record Piece(String sql, Part part) {
        static Piece same(String sql) {
            return new Piece(sql, new Text(sql));
        }
    }

    @Property
    void findsExactlyThePlaceholdersOfAModel(@ForAll("pieces") List<Piece> pieces) {
        String sql = pieces.stream().map(Piece::sql).collect(Collectors.joining(" "));

        assertThat(PollQueryParser.parse("SELECT " + sql + " ; -- end").query().parts())
                .isEqualTo(model(pieces));
    }

    @Property
    void keepsAllOtherTextByteForByte(@ForAll("soup") String soup) {
        String sql = soup.replace(";", "").replaceAll("%+", "%");
        var parsed = PollQueryParser.parse(sql);
        Assume.that(parsed.problems().isEmpty());

        assertThat(
                        parsed.query()
                                .render(
                                        placeholder ->
                                                placeholder == Placeholder.LAST_SYNC
                                                        ? ":last_sync"
                                                        : ":batch_size"))
                .isEqualTo(sql);
    }

    @Property
    void rejectsQueriesThatCannotBeWrapped(@ForAll("soup") String soup) {
        var parsed = PollQueryParser.parse(soup);
        Assume.that(parsed.problems().isEmpty());
        String wrapped = "(" + parsed.query().render(placeholder -> "'1'") + "\n)";

        assertThat(PollQueryParser.parse(wrapped).problems()).isEmpty();
    }

    @Provide
    Arbitrary<List<Piece>> pieces() {
        Arbitrary<String> inner =
                Arbitraries.of(
                        ":last_sync", "%(last_sync)s", ":batch_size", ";", "--x", "a b", ":", "%%");
        Arbitrary<Piece> same =
                Arbitraries.oneOf(
                                inner.map(text -> "'" + text + "''" + text + "'"),
                                inner.map(text -> "E'\\'" + text + "\\\\'"),
                                inner.map(text -> "\"" + text + "\"\"\""),
                                inner.map(text -> "-- ' " + text + "\n"),
                                inner.map(text -> "/* ' /* " + text + " */ */"),
                                inner.map(text -> "$t$ ' $$ " + text + " $t$"),
                                inner.map(text -> "$$" + text + "$$"),
                                Arbitraries.of(
                                        "a::date", "x := 1", "b[1:2]", "c[n:last_sync]", ":n"))
                        .map(Piece::same);
        Arbitrary<Piece> placeholder =
                Arbitraries.of(
                        new Piece("%(last_sync)s", Placeholder.LAST_SYNC),
                        new Piece(":last_sync", Placeholder.LAST_SYNC),
                        new Piece(":batch_size", Placeholder.BATCH_SIZE),
                        new Piece("%%", new Text("%")));
        return Arbitraries.oneOf(same, placeholder).list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(
                        "'",
                        "\"",
                        "\\",
                        "E'",
                        "e",
                        "$",
                        "$$",
                        "$a$",
                        "--",
                        "/*",
                        "*/",
                        "\n",
                        " ",
                        ":",
                        "::",
                        ":last_sync",
                        ":batch_size",
                        "%",
                        "(",
                        ")",
                        "[",
                        "]",
                        "a",
                        "1",
                        ";",
                        ",",
                        "array",
                        "é")
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(pieces -> String.join("", pieces));
    }

    private static List<Part> model(List<Piece> pieces) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder("SELECT ");
        for (int i = 0; i < pieces.size(); i++) {
            text.append(i == 0 ? "" : " ");
            if (pieces.get(i).part() instanceof Text same) {
                text.append(same.sql());
            } else {
                parts.add(new Text(text.toString()));
                text.setLength(0);
                parts.add(pieces.get(i).part());
            }
        }
        parts.add(new Text(text + " "));
        return parts;
    }
}
