package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationConnector;
import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.KafkaType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Optional;

/** Topics of Apache Kafka. */
public final class KafkaConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new KafkaType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new KafkaBusClient(pipeline, MessageEncoders.of(pipeline));
    }

    @Override
    public Optional<DeadLetters> deadLetters(Pipeline pipeline) {
        return Optional.of(new KafkaDeadLetters(pipeline));
    }

    @Override
    public Optional<TransactionalSink> transactionalSink(Pipeline pipeline) {
        return Optional.of(new KafkaTransactions(pipeline));
    }
}
