package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.List;
import java.util.UUID;

class MemoryRoundsTest extends DestinationRounds {

    private final String table = UUID.randomUUID().toString();
    private final MemoryDestination destination = MemoryDestination.at(table);

    @Override
    protected EndpointSpec endpoint() {
        return MemoryConnector.endpoint(table);
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
