package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.spi.DestinationOption.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Apache Kafka: {@code table} is a topic, {@code database} a label that is not used. */
public final class KafkaDestinationType implements DestinationType {

    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
    private static final Pattern SERVERS =
            Pattern.compile("[^\\s,:/]+:[0-9]{1,5}(\\s*,\\s*[^\\s,:/]+:[0-9]{1,5})*");
    private static final List<String> MECHANISMS =
            List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
    private static final int MOST_SECONDS = 2_000_000;
    private static final Map<String, String> DENIED = denied();

    private static Map<String, String> denied() {
        String runsCode = "it names code for the client to load";
        String ours = "it is set by this program";
        Map<String, String> denied = new HashMap<>();
        for (String name :
                List.of(
                        "interceptor.classes",
                        "metric.reporters",
                        "partitioner.class",
                        "security.providers",
                        "ssl.engine.factory.class",
                        "sasl.login.class",
                        "sasl.login.callback.handler.class",
                        "sasl.client.callback.handler.class",
                        "sasl.oauthbearer.jwt.retriever.class",
                        "sasl.oauthbearer.jwt.validator.class",
                        "config.providers",
                        "auto.include.jmx.reporter")) {
            denied.put(name, runsCode);
        }
        for (String name :
                List.of(
                        "key.serializer",
                        "value.serializer",
                        "transactional.id",
                        "enable.idempotence",
                        "client.id",
                        "max.in.flight.requests.per.connection")) {
            denied.put(name, ours);
        }
        denied.put("sasl.jaas.config", "use sasl_mechanism, sasl_username and sasl_password");
        denied.put("sasl.mechanism", "use sasl_mechanism");
        denied.put("security.protocol", "use security_protocol");
        denied.put("bootstrap.servers", "use bootstrap_servers");
        denied.put("acks", "use acks of the block");
        denied.put("retries", "use retries of the block");
        denied.put("compression.type", "use compression_type");
        denied.put("transaction.timeout.ms", "use transaction_timeout_seconds");
        return Map.copyOf(denied);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int defaultPort() {
        return 9092;
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
                        "bootstrap_servers",
                        Kind.TEXT,
                        "In place of `host` and `port`: several `host:port`, with commas."),
                DestinationOption.oneOf(
                        "compression_type",
                        List.of("none", "gzip", "snappy", "lz4", "zstd"),
                        "How batches are packed."),
                DestinationOption.oneOf(
                        "acks",
                        List.of("all", "-1", "1", "0"),
                        "How many brokers answer for a batch; all, if not given."),
                DestinationOption.of(
                        "retries", Kind.COUNT, "How often the client tries a batch again."),
                DestinationOption.oneOf(
                        "security_protocol",
                        List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
                        "How brokers are spoken to."),
                DestinationOption.oneOf("sasl_mechanism", MECHANISMS, "How the client logs in."),
                DestinationOption.of("sasl_username", Kind.TEXT, "Its login."),
                DestinationOption.of("sasl_password", Kind.SECRET, "Its password."),
                DestinationOption.of(
                        "transaction_timeout_seconds",
                        Kind.COUNT,
                        "When the broker gives up a transaction; 30 (`transactional`: 600), if not given."),
                DestinationOption.of(
                        "partitions",
                        Kind.COUNT,
                        "Of a topic that is made; the broker's default, if not given."),
                DestinationOption.of(
                        "replication_factor",
                        Kind.COUNT,
                        "Of topics that are made; the broker's default, if not given."));
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        EndpointChecks checks = new EndpointChecks(endpoint);
        String servers = endpoint.option("bootstrap_servers").map(s -> s.reveal()).orElse("");
        if (servers.isEmpty()) {
            checks.requireHost("; expected a broker's name, or bootstrap_servers");
        } else if (!SERVERS.matcher(servers).matches()) {
            checks.add(
                    "bootstrap_servers",
                    "\"%s\" is no list of servers; expected host:port, host:port"
                            .formatted(servers));
        } else if (!endpoint.connection().host().isEmpty()) {
            checks.add("host", "stands beside bootstrap_servers; give one of them");
        }
        checks.requireTable("a topic");
        checkTopic(endpoint.table(), checks);
        checkCount(endpoint, checks, "partitions", 1_000_000);
        checkCount(endpoint, checks, "replication_factor", Short.MAX_VALUE);
        checkCount(endpoint, checks, "transaction_timeout_seconds", MOST_SECONDS);
        checkLogin(endpoint, checks);
        checkTls(endpoint.connection().tls(), checks);
        checks.rejectSchema();
        checks.rejectParameters(DENIED);
        return checks.problems();
    }

    private static void checkCount(
            EndpointSpec endpoint, EndpointChecks checks, String key, int most) {
        endpoint.option(key)
                .map(Secret::reveal)
                .filter(count -> Integer.parseInt(count) < 1 || Integer.parseInt(count) > most)
                .ifPresent(
                        count ->
                                checks.add(
                                        key,
                                        "expected 1 to %d, found \"%s\"".formatted(most, count)));
    }

    private static void checkLogin(EndpointSpec endpoint, EndpointChecks checks) {
        boolean login =
                !endpoint.connection().username().isEmpty()
                        || endpoint.option("sasl_username").isPresent();
        String protocol = endpoint.option("security_protocol").map(Secret::reveal).orElse("");
        if (login && endpoint.option("sasl_mechanism").isEmpty()) {
            checks.add(
                    "sasl_mechanism",
                    "is missing; expected one of " + String.join(", ", MECHANISMS));
        } else if (login && !protocol.isEmpty() && !protocol.startsWith("SASL")) {
            checks.add(
                    "security_protocol",
                    "\"%s\" has no login, but a user is given; expected SASL_PLAINTEXT or SASL_SSL"
                            .formatted(protocol));
        } else if (!login && protocol.startsWith("SASL")) {
            checks.add("sasl_username", "is missing; %s needs a login".formatted(protocol));
        }
    }

    private static void checkTls(TlsSpec tls, EndpointChecks checks) {
        if (tls.mode().equals("allow") || tls.mode().equals("prefer")) {
            checks.add(
                    "ssl_mode",
                    "\"%s\" is for postgresql; expected disable, require, verify-ca or verify-full"
                            .formatted(tls.mode()));
        }
        if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
            checks.add(
                    tls.key().isEmpty() ? "ssl_key" : "ssl_cert",
                    "is missing; a certificate and its key come together");
        }
    }

    private static void checkTopic(String topic, EndpointChecks checks) {
        boolean dots = topic.equals(".") || topic.equals("..");
        if (!topic.isEmpty() && (dots || !TOPIC.matcher(topic).matches())) {
            checks.add(
                    "table",
                    "\"%s\" is no topic; expected letters, digits, dot, underscore and minus, at most 249"
                            .formatted(topic));
        }
    }

    @Override
    public String label(EndpointSpec endpoint) {
        return "kafka " + endpoint.table();
    }

    @Override
    public String exactlyOnceExplanation() {
        return "each batch is one short transaction of a fixed transactional.id, with the last"
                + " sequence number written in it";
    }

    @Override
    public boolean keepsProgress(DeliveryMode mode) {
        return mode != DeliveryMode.AT_LEAST_ONCE;
    }
}
