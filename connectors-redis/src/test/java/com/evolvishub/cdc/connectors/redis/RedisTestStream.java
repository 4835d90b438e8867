package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** A stream of a test's server as a destination. */
public record RedisTestStream(EndpointSpec endpoint) {

    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static final Pattern ROW = Pattern.compile("\\{\"id\":(\\d+),\"name\":\"([^\"]*)\"\\}");

    /** A stream with a unique name. */
    public static RedisTestStream at(RedisServer server) {
        return at(server.host(), server.port());
    }

    public static RedisTestStream at(String host, int port) {
        ConnectionSpec connection =
                new ConnectionSpec(
                        host,
                        port,
                        "",
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        // no test waits for this timeout, and a machine may stall for a while
                        Duration.ofMinutes(1),
                        List.of());
        return new RedisTestStream(
                new EndpointSpec(
                        "redis_streams", connection, "", "orders-" + UUID.randomUUID(), List.of()));
    }

    private ConnectionSpec spec() {
        return endpoint.connection();
    }

    private RedisTestStream with(ConnectionSpec connection) {
        return new RedisTestStream(
                new EndpointSpec(
                        endpoint.type(), connection, "", endpoint.table(), endpoint.options()));
    }

    private RedisTestStream with(
            String database, String user, String password, TlsSpec tls, Duration timeout) {
        return with(
                new ConnectionSpec(
                        spec().host(),
                        spec().port(),
                        database,
                        user,
                        new Secret(password),
                        tls,
                        timeout,
                        spec().parameters()));
    }

    public RedisTestStream database(String number) {
        return with(number, "", "", spec().tls(), spec().timeout());
    }

    public RedisTestStream login(String user, String password) {
        return with(spec().database(), user, password, spec().tls(), spec().timeout());
    }

    public RedisTestStream tls(TlsSpec tls) {
        return with("", "", "", tls, spec().timeout());
    }

    public RedisTestStream withResponseTimeout(Duration timeout) {
        ConnectionSpec current = spec();
        EndpointOption responseTimeout =
                new EndpointOption(
                        "socketTimeoutMillis", new Secret(Long.toString(timeout.toMillis())));
        return with(
                new ConnectionSpec(
                        current.host(),
                        current.port(),
                        current.database(),
                        current.username(),
                        current.password(),
                        current.tls(),
                        timeout,
                        List.of(responseTimeout)));
    }

    public RedisTestStream stream(String name) {
        return new RedisTestStream(
                new EndpointSpec(
                        endpoint.type(), endpoint.connection(), "", name, endpoint.options()));
    }

    public RedisTestStream option(String name, String value) {
        List<EndpointOption> options = new ArrayList<>(endpoint.options());
        options.add(new EndpointOption(name, new Secret(value)));
        return new RedisTestStream(
                new EndpointSpec(
                        endpoint.type(), endpoint.connection(), "", endpoint.table(), options));
    }

    public String stream() {
        return endpoint.table();
    }

    public RedisDestinationClient client() {
        return client(TestPipeline.into(endpoint));
    }

    public RedisDestinationClient client(TestPipeline testPipeline) {
        Pipeline pipeline = testPipeline.pipeline();
        return new RedisDestinationClient(
                pipeline, MessageEncoders.of(pipeline), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    public static WriterIdentity writerIdentity(String run) {
        return new WriterIdentity(
                "file/orders", run, "writer of " + run, "host", "orders", false, 0);
    }

    public static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(RedisTestStream::row).toList();
    }

    public static ChangeRow row(long sequence) {
        return TestPipeline.row(TestPipeline.KEYED, Long.toString(sequence), "row " + sequence)
                .withSequence(sequence);
    }

    /** The ids of the rows in a stream, in its order. */
    public static List<Long> ids(RedisServer server, String stream) {
        return lines(server, stream).stream()
                .map(line -> Long.parseLong(line.substring(0, line.indexOf('\t'))))
                .toList();
    }

    /** The rows in a stream as COPY text, in its order. */
    public static List<String> lines(RedisServer server, String stream) {
        Matcher row = ROW.matcher(server.command("XRANGE", stream, "-", "+"));
        List<String> lines = new ArrayList<>();
        while (row.find()) {
            lines.add(row.group(1) + "\t" + row.group(2));
        }
        return lines;
    }
}
