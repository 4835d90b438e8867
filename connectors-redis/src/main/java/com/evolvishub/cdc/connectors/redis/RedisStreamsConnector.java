package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.connectors.redis.deadletter.RedisDeadLetterStore;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.RedisStreamsDestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import java.time.Clock;
import java.util.Optional;

/** The connector for Redis Streams, server version 6.2 or later. */
public final class RedisStreamsConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new RedisStreamsDestinationType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new RedisDestinationClient(
                pipeline, MessageEncoders.of(pipeline), Clock.systemUTC());
    }

    @Override
    public Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.of(new RedisDeadLetterStore(pipeline));
    }
}
