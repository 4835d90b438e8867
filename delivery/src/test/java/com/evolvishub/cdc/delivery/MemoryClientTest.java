package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import java.util.List;
import java.util.Optional;
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
    protected Optional<Restore> copy() {
        MemoryDestination.at(table).copy();
        return Optional.of(() -> MemoryDestination.at(table).restoreCopy());
    }

    @Override
    protected DestinationClient impatientClient() {
        return client();
    }

    @Override
    protected Restore hold() {
        MemoryDestination.at(table).goAway();
        return () -> MemoryDestination.at(table).comeBack();
    }

    @Override
    protected void empty() {
        MemoryDestination.at(table).empty();
    }

    @Override
    protected void drop() {
        MemoryDestination.at(table).dropTable();
    }

    @Override
    protected void make() {
        MemoryDestination.at(table).replaceTable();
    }

    @Override
    protected ChangeRow badRow() {
        return TestLane.row(TestLane.KEYLESS, "bad", "row");
    }
}
