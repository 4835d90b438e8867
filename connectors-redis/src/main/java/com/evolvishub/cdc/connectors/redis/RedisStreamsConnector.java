package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationConnector;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.RedisStreamsType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Clock;
import java.util.Optional;

/** Streams of Redis, version 6.2 or later. */
public final class RedisStreamsConnector implements DestinationConnector {

    @Override
    public DestinationType type() {
        return new RedisStreamsType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new RedisStreamsClient(pipeline, MessageEncoders.of(pipeline), Clock.systemUTC());
    }

    @Override
    public Optional<DeadLetters> deadLetters(Pipeline pipeline) {
        return Optional.of(new RedisDeadLetters(pipeline));
    }
}
