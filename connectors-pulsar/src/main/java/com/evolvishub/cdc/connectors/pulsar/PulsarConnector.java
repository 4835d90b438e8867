package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationConnector;
import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.PulsarType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Optional;

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

    @Override
    public Optional<DeadLetters> deadLetters(Pipeline pipeline) {
        return Optional.of(new PulsarDeadLetters(new PulsarTarget(pipeline)));
    }

    @Override
    public Optional<TransactionalSink> transactionalSink(Pipeline pipeline) {
        return Optional.of(new PulsarTransactions(pipeline));
    }
}
