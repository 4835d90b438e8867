package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.connectors.postgres.deadletter.PostgresDeadLetterStore;
import com.evolvishub.cdc.connectors.postgres.transactional.PostgresTransactionalSinkFactory;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import java.util.Optional;

/** The connector for tables of a PostgreSQL database, version 13 or later. */
public final class PostgresConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new PostgresDestinationType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new PostgresDestinationClient(pipeline);
    }

    @Override
    public Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.of(new PostgresDeadLetterStore(pipeline));
    }

    @Override
    public Optional<TransactionalSinkFactory> transactionalSinkFactory(Pipeline pipeline) {
        return Optional.of(new PostgresTransactionalSinkFactory(pipeline));
    }
}
