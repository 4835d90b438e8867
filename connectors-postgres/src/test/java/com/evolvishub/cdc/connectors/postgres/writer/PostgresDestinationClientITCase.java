package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PostgresDestinationClientITCase extends DestinationContract {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Database database;
    private PostgresTestTable destination;

    @BeforeEach
    void freshTable(@FreshDatabase Database database) {
        this.database = database;
        destination = PostgresTestTable.in(database);
        database.execute("CREATE TABLE orders (id bigint, name text)");
    }

    @Override
    protected DestinationClient client() {
        return destination.client();
    }

    @Override
    protected List<String> contents() {
        return destination.rows();
    }

    @Override
    protected Optional<Restore> copy() {
        database.execute(
                "CREATE SCHEMA copy",
                "CREATE TABLE copy.orders AS SELECT * FROM orders",
                "CREATE TABLE copy.lane AS SELECT * FROM evolvishub_cdc.lane");
        return Optional.of(
                () ->
                        database.execute(
                                "TRUNCATE orders",
                                "INSERT INTO orders SELECT * FROM copy.orders",
                                "TRUNCATE evolvishub_cdc.lane",
                                "INSERT INTO evolvishub_cdc.lane SELECT * FROM copy.lane"));
    }

    @Override
    protected DestinationClient impatientClient() {
        return destination.withResponseTimeout(1).client();
    }

    @Override
    protected Restore hold() {
        SuspendedProcess suspended =
                SuspendedProcess.suspend(
                        database
                                .queryAll(
                                        "SELECT pid FROM pg_stat_activity WHERE datname ="
                                                + " current_database() AND application_name LIKE"
                                                + " 'evolvishub-cdc %'")
                                .stream()
                                .map(row -> Long.valueOf(row.get(0)))
                                .toList());
        return suspended::close;
    }

    @Override
    protected void empty() {
        database.execute("DROP SCHEMA evolvishub_cdc CASCADE", "TRUNCATE orders");
    }

    @Override
    protected void drop() {
        database.execute("DROP TABLE orders");
    }

    @Override
    protected void make() {
        database.execute("CREATE TABLE orders (id bigint, name text)");
    }

    @Override
    protected ChangeRow badRow() {
        return TestPipeline.row(TestPipeline.KEYLESS, "no number", "x");
    }
}
