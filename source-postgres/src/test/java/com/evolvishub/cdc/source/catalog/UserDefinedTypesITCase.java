package com.evolvishub.cdc.source.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.ServerVersionAssumptions;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The definitions of user-defined types are sufficient to create the types in another database. */
class UserDefinedTypesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static String[] types(Database database) {
        return new String[] {
            "CREATE SCHEMA app",
            "CREATE EXTENSION citext",
            "CREATE TYPE app.\"Mood, x\" AS ENUM ('b', E'it''s\\n\\\\', 'a')",
            "CREATE DOMAIN app.grade AS numeric(5,2) NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 9)",
            "CREATE DOMAIN app.better AS app.grade CHECK (VALUE > 1)",
            "CREATE TYPE app.pair AS (\"a b\" app.\"Mood, x\"[], c app.better, d varchar(3))",
            "CREATE TYPE app.pairs AS RANGE (subtype = app.better)",
            "CREATE TABLE t (plain int, mood app.\"Mood, x\"[], better app.better, pair app.pair,"
                    + " ranges "
                    + ranges(database)
                    + ", mail citext)"
        };
    }

    /** Multiranges exist since PostgreSQL 14. */
    private static String ranges(Database database) {
        return ServerVersionAssumptions.of(database) < 14 ? "app.pairs" : "app.pairs_multirange";
    }

    private static List<Column> columns(Database database) throws Exception {
        try (SourceSession session =
                SourceSession.open(PipelineBuilder.connection(database), "test")) {
            return new RelationDescriber(session).describe(new Relation.Table("", "t")).columns();
        }
    }

    @Test
    void describesHowToCreateEachType(@FreshDatabase Database one, @FreshDatabase Database other)
            throws Exception {
        one.execute(types(one));
        List<Column> columns = columns(one);

        assertThat(columns.get(0).type().definitions()).isEmpty();
        assertThat(columns.get(2).type().base()).isEqualTo("numeric(5,2)");
        assertThat(columns.get(5).type().definitions())
                .containsExactly(
                        new TypeDefinition(
                                "public.citext",
                                "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public"));
        other.execute("CREATE SCHEMA app");
        other.execute(
                columns.stream()
                        .flatMap(column -> column.type().definitions().stream())
                        .distinct()
                        .map(TypeDefinition::statement)
                        .toArray(String[]::new));
        other.execute(
                columns.stream()
                        .map(column -> column.name() + " " + column.type().name())
                        .collect(Collectors.joining(", ", "CREATE TABLE t (", ")")));

        assertThat(types(columns(other))).isEqualTo(types(columns));
    }

    /** The types without their oids, which differ between databases. */
    private static List<SqlType> types(List<Column> columns) {
        return columns.stream()
                .map(Column::type)
                .map(
                        type ->
                                new SqlType(
                                        0,
                                        type.name(),
                                        type.kind(),
                                        type.category(),
                                        type.base(),
                                        type.definitions()))
                .toList();
    }

    @Test
    void describesTheTypesOfAQuery(@FreshDatabase Database one) throws Exception {
        one.execute(types(one));
        try (SourceSession session = SourceSession.open(PipelineBuilder.connection(one), "test")) {
            List<Column> found = new QueryDescriber(session).describe("SELECT * FROM t").columns();

            assertThat(found)
                    .extracting(column -> column.type().name())
                    // for a domain the server reports only its base type
                    .containsExactly(
                            "integer",
                            "app.\"Mood, x\"[]",
                            "numeric(5,2)",
                            "app.pair",
                            ranges(one),
                            "public.citext");
            assertThat(found.get(3).type().definitions()).hasSize(4);
        }
    }
}
