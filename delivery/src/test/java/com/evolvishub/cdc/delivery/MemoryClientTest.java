package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import java.util.List;
import java.util.UUID;

/** Holds the contract against the fixture that the operator's tests rely on. */
class MemoryClientTest extends DestinationContract {

    private final String table = UUID.randomUUID().toString();

    @Override
    protected DestinationClient client() {
        MemoryDestination.at(table).refuse("bad\trow");
        return new MemoryConnector()
                .client(TestLane.to(MemoryConnector.endpoint(table)).pipeline());
    }

    @Override
    protected List<String> contents() {
        return MemoryDestination.at(table).rows();
    }

    @Override
    protected ChangeRow badRow() {
        return TestLane.row(TestLane.KEYLESS, "bad", "row");
    }
}
