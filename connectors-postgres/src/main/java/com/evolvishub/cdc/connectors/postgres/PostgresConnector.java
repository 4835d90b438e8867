package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationConnector;
import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.PostgresType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Optional;

/** Tables of a PostgreSQL database, version 13 or later. */
public final class PostgresConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new PostgresType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new PostgresClient(pipeline);
    }

    @Override
    public Optional<DeadLetters> deadLetters(Pipeline pipeline) {
        return Optional.of(new PostgresDeadLetters(pipeline));
    }

    @Override
    public Optional<TransactionalSink> transactionalSink(Pipeline pipeline) {
        return Optional.of(new PostgresTransactions(pipeline));
    }
}
