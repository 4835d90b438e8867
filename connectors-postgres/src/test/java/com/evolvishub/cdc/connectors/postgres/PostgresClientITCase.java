package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class PostgresClientITCase extends DestinationContract {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Destination destination;

    @BeforeEach
    void freshTable(@FreshDatabase Database database) {
        destination = Destination.in(database);
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
    protected ChangeRow badRow() {
        return TestLane.row(TestLane.KEYLESS, "no number", "x");
    }
}
