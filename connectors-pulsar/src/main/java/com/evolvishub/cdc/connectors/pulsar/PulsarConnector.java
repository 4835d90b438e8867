package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationConnector;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.PulsarType;
import com.evolvishub.cdc.planner.physical.Pipeline;

/** Topics of an Apache Pulsar cluster, version 3.0 or later. */
public final class PulsarConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new PulsarType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new PulsarBusClient(pipeline);
    }
}
