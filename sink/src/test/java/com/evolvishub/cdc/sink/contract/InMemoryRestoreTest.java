package com.evolvishub.cdc.sink.contract;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;
import java.util.UUID;

class InMemoryRestoreTest extends DestinationRestoreContract {

    private final String table = UUID.randomUUID().toString();
    private final InMemoryDestination destination = InMemoryDestination.at(table);

    @Override
    protected EndpointSpec endpoint() {
        return InMemoryConnector.endpoint(table);
    }

    @Override
    protected DestinationContract.Restore copy() {
        destination.copy();
        return destination::restoreCopy;
    }

    @Override
    protected List<String> contents() {
        return destination.rows();
    }
}
