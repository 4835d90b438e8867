package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.servers.HeldProcess;
import com.evolvishub.cdc.servers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RedisStreamsClientITCase extends DestinationContract {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int LONGEST_VALUE = 1 << 20;

    private static RedisServer server;

    private Destination destination;

    @BeforeAll
    static void start() {
        String bytes = Integer.toString(LONGEST_VALUE);
        server = RedisServer.builder().parameter("proto-max-bulk-len", bytes).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void freshStream() {
        destination = Destination.at(server);
    }

    @Override
    protected DestinationClient client() {
        return destination.client();
    }

    @Override
    protected List<String> contents() {
        return Destination.lines(server, destination.stream());
    }

    private StreamKeys keys() {
        return StreamKeys.of(destination.endpoint(), "file/orders");
    }

    @Override
    protected Optional<Restore> copy() {
        server.command("COPY", keys().stream(), keys().stream() + ":copy");
        server.command("COPY", keys().lane(), keys().lane() + ":copy");
        return Optional.of(
                () -> {
                    server.command("COPY", keys().stream() + ":copy", keys().stream(), "REPLACE");
                    server.command("COPY", keys().lane() + ":copy", keys().lane(), "REPLACE");
                });
    }

    @Override
    protected DestinationClient impatientClient() {
        return destination.answersWithin(Duration.ofSeconds(1)).client();
    }

    @Override
    protected Restore hold() {
        HeldProcess held = HeldProcess.of(List.of(server.pid()));
        return held::close;
    }

    @Override
    protected void empty() {
        server.command("DEL", keys().stream(), keys().lane());
    }

    @Override
    protected void drop() {
        server.command("DEL", keys().stream());
    }

    @Override
    protected void make() {
        // as a consumer does that comes before the first entry
        server.command("XGROUP", "CREATE", keys().stream(), "readers", "$", "MKSTREAM");
    }

    @Override
    protected ChangeRow badRow() {
        return TestLane.row(TestLane.KEYLESS, "1", "x".repeat(LONGEST_VALUE));
    }
}
