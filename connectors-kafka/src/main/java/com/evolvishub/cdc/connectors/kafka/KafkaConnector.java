package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.connectors.kafka.deadletter.KafkaDeadLetterStore;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaTransactionalSinkFactory;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.KafkaDestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import java.util.Optional;

/** The connector for Apache Kafka topics. */
public final class KafkaConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new KafkaDestinationType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new KafkaDestinationClient(pipeline, MessageEncoders.of(pipeline));
    }

    @Override
    public Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.of(new KafkaDeadLetterStore(pipeline));
    }

    @Override
    public Optional<TransactionalSinkFactory> transactionalSinkFactory(Pipeline pipeline) {
        return Optional.of(new KafkaTransactionalSinkFactory(pipeline));
    }
}
