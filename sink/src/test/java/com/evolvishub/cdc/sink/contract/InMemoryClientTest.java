package com.evolvishub.cdc.sink.contract;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tests the contract with the in-memory destination that the operators' tests use. */
class InMemoryClientTest extends DestinationContract {

    private final String table = UUID.randomUUID().toString();

    @Override
    protected DestinationClient client() {
        InMemoryDestination.at(table).reject("bad\trow");
        return new InMemoryConnector()
                .client(TestPipeline.into(InMemoryConnector.endpoint(table)).pipeline());
    }

    @Override
    protected List<String> contents() {
        return InMemoryDestination.at(table).rows();
    }

    @Override
    protected Optional<Restore> copy() {
        InMemoryDestination.at(table).copy();
        return Optional.of(() -> InMemoryDestination.at(table).restoreCopy());
    }

    @Override
    protected DestinationClient impatientClient() {
        return client();
    }

    @Override
    protected Restore hold() {
        InMemoryDestination.at(table).becomeUnavailable();
        return () -> InMemoryDestination.at(table).becomeAvailable();
    }

    @Override
    protected void empty() {
        InMemoryDestination.at(table).empty();
    }

    @Override
    protected void drop() {
        InMemoryDestination.at(table).dropTable();
    }

    @Override
    protected void make() {
        InMemoryDestination.at(table).replaceTable();
    }

    @Override
    protected ChangeRow badRow() {
        return TestPipeline.row(TestPipeline.KEYLESS, "bad", "row");
    }
}
