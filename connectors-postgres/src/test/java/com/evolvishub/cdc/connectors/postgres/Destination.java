package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.postgresql.PGConnection;

/** A table of a test's database as a destination. */
record Destination(Database database, String schema, String table, List<Option> parameters) {

    Destination(Database database, String schema, String table) {
        this(database, schema, table, List.of());
    }

    static Destination in(Database database) {
        return new Destination(database, "", "orders");
    }

    /** A server that does not answer is given up after so many seconds. */
    Destination answeringWithin(int seconds) {
        Option timeout = new Option("socketTimeout", new Secret(Integer.toString(seconds)));
        return new Destination(database, schema, table, List.of(timeout));
    }

    EndpointSpec endpoint() {
        return new EndpointSpec(
                "postgresql",
                new ConnectionSpec(
                        database.host(),
                        database.port(),
                        database.name(),
                        database.user(),
                        new Secret(database.password()),
                        TlsSpec.UNSET,
                        // no test waits for it, and a machine may stand still for a while
                        Duration.ofMinutes(1),
                        parameters),
                schema,
                table,
                List.of());
    }

    TestLane lane() {
        return TestLane.to(endpoint());
    }

    PostgresClient client() {
        return client(lane());
    }

    PostgresClient client(TestLane lane) {
        return new PostgresClient(lane.pipeline());
    }

    /** All rows, by COPY, in the order of their first column. */
    List<String> rows() {
        String sql =
                "COPY (SELECT * FROM %s ORDER BY 1) TO STDOUT"
                        .formatted(SqlIdentifier.quote(schema, table));
        try (Connection connection = database.connect()) {
            java.io.StringWriter lines = new java.io.StringWriter();
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, lines);
            return lines.toString().lines().toList();
        } catch (SQLException | java.io.IOException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    static Lane lane(String run) {
        return new Lane("file/orders", run, "writer of " + run, "host", "orders", false, 0);
    }
}
