package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.postgresql.PGConnection;

/** A destination table in a test's database. */
public record PostgresTestTable(
        Database database, String schema, String table, List<EndpointOption> parameters) {

    public PostgresTestTable(Database database, String schema, String table) {
        this(database, schema, table, List.of());
    }

    public static PostgresTestTable in(Database database) {
        return new PostgresTestTable(database, "", "orders");
    }

    /** Returns the same table with a response timeout in seconds. */
    public PostgresTestTable withResponseTimeout(int seconds) {
        EndpointOption timeout =
                new EndpointOption("socketTimeout", new Secret(Integer.toString(seconds)));
        return new PostgresTestTable(database, schema, table, List.of(timeout));
    }

    public EndpointSpec endpoint() {
        return new EndpointSpec(
                "postgresql",
                new ConnectionSpec(
                        database.host(),
                        database.port(),
                        database.name(),
                        database.user(),
                        new Secret(database.password()),
                        TlsSpec.UNSET,
                        // no test waits for this timeout, and a loaded machine may stall for a
                        // while
                        Duration.ofMinutes(1),
                        parameters),
                schema,
                table,
                List.of());
    }

    public TestPipeline testPipeline() {
        return TestPipeline.into(endpoint());
    }

    public PostgresDestinationClient client() {
        return client(testPipeline());
    }

    public PostgresDestinationClient client(TestPipeline testPipeline) {
        return new PostgresDestinationClient(testPipeline.pipeline());
    }

    /** Returns all rows, by COPY, ordered by their first column. */
    public List<String> rows() {
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

    public static WriterIdentity writer(String run) {
        return new WriterIdentity(
                "file/orders", run, "writer of " + run, "host", "orders", false, 0);
    }
}
