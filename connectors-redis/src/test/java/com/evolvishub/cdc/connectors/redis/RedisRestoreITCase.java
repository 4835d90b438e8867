package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.DestinationRestoreContract;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisRestoreITCase extends DestinationRestoreContract {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private final RedisTestStream destination = RedisTestStream.at(REDIS);

    @Override
    protected EndpointSpec endpoint() {
        return destination.endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        StreamKeys keys = StreamKeys.of(endpoint(), "file/orders");
        List<String> both = List.of(keys.stream(), keys.progress());
        both.forEach(key -> REDIS.command("COPY", key, key + ":copy", "REPLACE"));
        return () -> {
            both.forEach(key -> REDIS.command("COPY", key + ":copy", key, "REPLACE"));
            REDIS.command("CLIENT", "KILL", "TYPE", "normal");
        };
    }

    @Override
    protected List<String> contents() {
        return RedisTestStream.lines(REDIS, destination.stream());
    }
}
