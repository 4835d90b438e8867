package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.DestinationRounds;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.servers.RedisServer;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisRoundsITCase extends DestinationRounds {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private final Destination destination = Destination.at(REDIS);

    @Override
    protected EndpointSpec endpoint() {
        return destination.endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        StreamKeys keys = StreamKeys.of(endpoint(), "file/orders");
        List<String> both = List.of(keys.stream(), keys.lane());
        both.forEach(key -> REDIS.command("COPY", key, key + ":copy", "REPLACE"));
        return () -> {
            both.forEach(key -> REDIS.command("COPY", key + ":copy", key, "REPLACE"));
            REDIS.command("CLIENT", "KILL", "TYPE", "normal");
        };
    }

    @Override
    protected List<String> contents() {
        return Destination.lines(REDIS, destination.stream());
    }
}
