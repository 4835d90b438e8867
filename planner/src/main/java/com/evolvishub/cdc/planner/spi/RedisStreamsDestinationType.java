package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.spi.DestinationOption.Kind;
import java.util.List;
import java.util.regex.Pattern;

/** Redis Streams: {@code table} is a stream, {@code database} the number of a database. */
public final class RedisStreamsDestinationType implements DestinationType {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
    private static final Pattern MILLIS = Pattern.compile("[1-9][0-9]{0,8}");
    private static final String MILLIS_PARAMETER = "socketTimeoutMillis";
    private static final List<String> PARAMETERS =
            List.of("clientName", "sentinelPassword", "sentinelUser", MILLIS_PARAMETER);
    private static final List<String> NEGOTIATING = List.of("allow", "prefer");

    @Override
    public String name() {
        return "redis_streams";
    }

    @Override
    public int defaultPort() {
        return 6379;
    }

    @Override
    public boolean supportsKeys() {
        return false;
    }

    @Override
    public List<DestinationOption> options() {
        return List.of(
                MessageBrokerOptions.MESSAGE_FORMAT,
                MessageBrokerOptions.KEY_FIELD,
                DestinationOption.of(
                        "max_length",
                        Kind.COUNT,
                        "Entries the stream keeps; if not given, all of them."),
                DestinationOption.of(
                        "approximate_trimming",
                        Kind.FLAG,
                        "Whether Redis may keep some more than `max_length`; true, if not given."),
                DestinationOption.of(
                        "cluster", Kind.FLAG, "Whether the server is one of a cluster."),
                DestinationOption.of(
                        "sentinel_master",
                        Kind.TEXT,
                        "The name sentinels know; `host` is a sentinel then."));
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        EndpointChecks checks = new EndpointChecks(endpoint);
        checks.requireHost("; expected the server's name");
        String database = endpoint.connection().database();
        boolean cluster =
                endpoint.option("cluster").filter(s -> s.reveal().equals("true")).isPresent();
        if (!database.isEmpty() && !NUMBER.matcher(database).matches()) {
            checks.add("database", "expected a number, found \"%s\"".formatted(database));
        } else if (cluster && !database.isEmpty() && !database.equals("0")) {
            checks.add("database", "expected 0, which is all that a cluster has");
        }
        if (cluster && endpoint.option("sentinel_master").isPresent()) {
            checks.add("sentinel_master", "stands beside cluster; give one of them");
        }
        checks.requireTable("a stream");
        checks.rejectSchema();
        checkTls(endpoint.connection().tls(), checks);
        checkParameters(endpoint.connection().parameters(), checks);
        return checks.problems();
    }

    private static void checkTls(TlsSpec tls, EndpointChecks checks) {
        if (NEGOTIATING.contains(tls.mode())) {
            checks.add(
                    "ssl_mode",
                    "\"%s\" is not possible, a port of Redis speaks TLS or does not; expected disable, require, verify-ca or verify-full"
                            .formatted(tls.mode()));
        }
        if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
            checks.add("ssl_cert", "goes with ssl_key; give both");
        }
    }

    private static void checkParameters(List<EndpointOption> parameters, EndpointChecks checks) {
        for (EndpointOption parameter : parameters) {
            String key = "additional_params." + parameter.name();
            if (!PARAMETERS.contains(parameter.name())) {
                checks.add(
                        key,
                        "is not known to redis_streams; expected one of "
                                + String.join(", ", PARAMETERS));
            } else if (parameter.name().equals(MILLIS_PARAMETER)
                    && !MILLIS.matcher(parameter.value().reveal()).matches()) {
                checks.add(key, "expected a number of milliseconds");
            }
        }
    }

    @Override
    public String label(EndpointSpec endpoint) {
        return "redis_streams " + endpoint.table();
    }

    @Override
    public String exactlyOnceExplanation() {
        return "the last sequence number stands in a key beside the stream and is compared and set"
                + " in the script that adds the entries; what the server loses of its own (weak"
                + " persistence, a failover) is lost";
    }
}
