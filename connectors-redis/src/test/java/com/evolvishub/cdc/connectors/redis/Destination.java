package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.RedisServer;
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
record Destination(EndpointSpec endpoint) {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static final Pattern ROW = Pattern.compile("\\{\"id\":(\\d+),\"name\":\"([^\"]*)\"\\}");

    /** A stream that no other test has. */
    static Destination at(RedisServer server) {
        return at(server.host(), server.port());
    }

    static Destination at(String host, int port) {
        ConnectionSpec connection =
                new ConnectionSpec(
                        host,
                        port,
                        "",
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        // no test waits for it, and a machine may stand still for a while
                        Duration.ofMinutes(1),
                        List.of());
        return new Destination(
                new EndpointSpec(
                        "redis_streams", connection, "", "orders-" + UUID.randomUUID(), List.of()));
    }

    private ConnectionSpec spec() {
        return endpoint.connection();
    }

    private Destination with(ConnectionSpec connection) {
        return new Destination(
                new EndpointSpec(
                        endpoint.type(), connection, "", endpoint.table(), endpoint.options()));
    }

    private Destination with(
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

    Destination database(String number) {
        return with(number, "", "", spec().tls(), spec().timeout());
    }

    Destination login(String user, String password) {
        return with(spec().database(), user, password, spec().tls(), spec().timeout());
    }

    Destination tls(TlsSpec tls) {
        return with("", "", "", tls, spec().timeout());
    }

    Destination answersWithin(Duration timeout) {
        ConnectionSpec own = spec();
        Option patience =
                new Option("socketTimeoutMillis", new Secret(Long.toString(timeout.toMillis())));
        return with(
                new ConnectionSpec(
                        own.host(),
                        own.port(),
                        own.database(),
                        own.username(),
                        own.password(),
                        own.tls(),
                        timeout,
                        List.of(patience)));
    }

    Destination stream(String name) {
        return new Destination(
                new EndpointSpec(
                        endpoint.type(), endpoint.connection(), "", name, endpoint.options()));
    }

    Destination option(String name, String value) {
        List<Option> options = new ArrayList<>(endpoint.options());
        options.add(new Option(name, new Secret(value)));
        return new Destination(
                new EndpointSpec(
                        endpoint.type(), endpoint.connection(), "", endpoint.table(), options));
    }

    String stream() {
        return endpoint.table();
    }

    RedisStreamsClient client() {
        return client(TestLane.to(endpoint));
    }

    RedisStreamsClient client(TestLane lane) {
        Pipeline pipeline = lane.pipeline();
        return new RedisStreamsClient(
                pipeline, MessageEncoders.of(pipeline), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    static Lane lane(String run) {
        return new Lane("file/orders", run, "writer of " + run, "host", "orders", false, 0);
    }

    static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(Destination::row).toList();
    }

    static ChangeRow row(long number) {
        return TestLane.row(TestLane.KEYED, Long.toString(number), "row " + number)
                .numbered(number);
    }

    /** The ids of the rows that a stream holds, in the stream's order. */
    static List<Long> ids(RedisServer server, String stream) {
        return lines(server, stream).stream()
                .map(line -> Long.parseLong(line.substring(0, line.indexOf('\t'))))
                .toList();
    }

    /** The rows that a stream holds, as COPY text, in the stream's order. */
    static List<String> lines(RedisServer server, String stream) {
        Matcher row = ROW.matcher(server.command("XRANGE", stream, "-", "+"));
        List<String> lines = new ArrayList<>();
        while (row.find()) {
            lines.add(row.group(1) + "\t" + row.group(2));
        }
        return lines;
    }
}
