package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.DestinationRestoreContract;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Restores with rows without a key. */
class PostgresRestoreITCase extends DestinationRestoreContract {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Database database;
    private PostgresTestTable destination;

    @BeforeEach
    void freshTable(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
        fresh.execute(table());
    }

    /** Creates the table. */
    protected String table() {
        return "CREATE TABLE orders (id bigint, name text)";
    }

    @Override
    protected EndpointSpec endpoint() {
        return destination.endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        database.execute(
                "DROP SCHEMA IF EXISTS copy CASCADE",
                "CREATE SCHEMA copy",
                "CREATE TABLE copy.orders AS SELECT * FROM orders",
                "CREATE TABLE copy.lane AS SELECT * FROM evolvishub_cdc.lane");
        return () ->
                database.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                                + " current_database() AND pid <> pg_backend_pid()",
                        "BEGIN",
                        "LOCK TABLE evolvishub_cdc.lane, orders",
                        "TRUNCATE orders, evolvishub_cdc.lane",
                        "INSERT INTO orders SELECT * FROM copy.orders",
                        "INSERT INTO evolvishub_cdc.lane SELECT * FROM copy.lane",
                        "COMMIT");
    }

    @Override
    protected List<String> contents() {
        return destination.rows();
    }
}
