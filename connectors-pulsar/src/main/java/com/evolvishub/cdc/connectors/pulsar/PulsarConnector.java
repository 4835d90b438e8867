package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.connectors.pulsar.deadletter.PulsarDeadLetterStore;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.transactional.PulsarTransactionalSinkFactory;
import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.PulsarDestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import java.util.Optional;

/** The connector for topics of an Apache Pulsar cluster, version 3.0 or later. */
public final class PulsarConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new PulsarDestinationType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new PulsarDestinationClient(pipeline);
    }

    @Override
    public Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.of(new PulsarDeadLetterStore(new PulsarEndpoint(pipeline)));
    }

    @Override
    public Optional<TransactionalSinkFactory> transactionalSinkFactory(Pipeline pipeline) {
        return Optional.of(new PulsarTransactionalSinkFactory(pipeline));
    }
}
