package com.evolvishub.cdc.connectors.redis.writer;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RedisDestinationClientITCase extends DestinationContract {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int LONGEST_VALUE = 1 << 20;

    private static RedisServer server;

    private RedisTestStream destination;

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
        destination = RedisTestStream.at(server);
    }

    @Override
    protected DestinationClient client() {
        return destination.client();
    }

    @Override
    protected List<String> contents() {
        return RedisTestStream.lines(server, destination.stream());
    }

    private StreamKeys keys() {
        return StreamKeys.of(destination.endpoint(), "file/orders");
    }

    @Override
    protected Optional<Restore> copy() {
        server.command("COPY", keys().stream(), keys().stream() + ":copy");
        server.command("COPY", keys().progress(), keys().progress() + ":copy");
        return Optional.of(
                () -> {
                    server.command("COPY", keys().stream() + ":copy", keys().stream(), "REPLACE");
                    server.command(
                            "COPY", keys().progress() + ":copy", keys().progress(), "REPLACE");
                });
    }

    @Override
    protected DestinationClient impatientClient() {
        return destination.withResponseTimeout(Duration.ofSeconds(1)).client();
    }

    @Override
    protected Restore hold() {
        SuspendedProcess suspended = SuspendedProcess.suspend(List.of(server.pid()));
        return suspended::close;
    }

    @Override
    protected void empty() {
        server.command("DEL", keys().stream(), keys().progress());
    }

    @Override
    protected void drop() {
        server.command("DEL", keys().stream());
    }

    @Override
    protected void make() {
        // as a consumer does that starts before the first entry
        server.command("XGROUP", "CREATE", keys().stream(), "readers", "$", "MKSTREAM");
    }

    @Override
    protected ChangeRow badRow() {
        return TestPipeline.row(TestPipeline.KEYLESS, "1", "x".repeat(LONGEST_VALUE));
    }
}
