package com.evolvishub.cdc.connectors.kafka.session;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.IsolationLevel;

/**
 * Settings of Kafka's clients for one pipeline: defaults for large batches and short latency, then
 * the file's {@code additional_params}, then the settings that this program depends on.
 */
public final class KafkaClientSettings {

    /** The broker checks for expired transactions every 10 s; this is longer. */
    public static final Duration TRANSACTION_EXPIRY_DELAY = Duration.ofSeconds(15);

    private static final String DELIVERY_TIMEOUT = "delivery.timeout.ms";
    private static final Duration DEFAULT_DELIVERY_TIMEOUT = Duration.ofSeconds(25);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);
    // open from one checkpoint to the next, and over an outage of the job
    private static final Duration CHECKPOINT_TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

    private static final long MAX_REQUEST_TIMEOUT = 10_000;
    private static final long LARGEST_BATCH = 262_144;
    private static final long SAFE_BATCH = 16_384;
    private static final long LARGEST_REQUEST = 33_554_432;

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;

    public KafkaClientSettings(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
    }

    /** The brokers' addresses as given in the file. */
    public String servers() {
        ConnectionSpec connection = endpoint.connection();
        String host =
                connection.host().contains(":") ? "[" + connection.host() + "]" : connection.host();
        return option("bootstrap_servers").orElse(host + ":" + connection.port());
    }

    /** Whether each batch is one transaction. */
    public boolean usesBatchTransactions() {
        return pipeline.deliver().mode() == DeliveryMode.EXACTLY_ONCE;
    }

    /** Whether a transaction lasts from one checkpoint to the next. */
    private boolean usesCheckpointTransactions() {
        return pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL;
    }

    /** Whether rows are written in transactions at all. */
    public boolean usesTransactions() {
        return usesBatchTransactions() || usesCheckpointTransactions();
    }

    /** Connection timeout, at least 1 s. */
    Duration timeout() {
        long millis = endpoint.connection().timeout().toMillis();
        return Duration.ofMillis(Math.max(1000, millis));
    }

    public Duration transactionTimeout() {
        return option("transaction_timeout_seconds")
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(
                        usesCheckpointTransactions()
                                ? CHECKPOINT_TRANSACTION_TIMEOUT
                                : TRANSACTION_TIMEOUT);
    }

    public String username() {
        return new KafkaSecuritySettings(endpoint).username();
    }

    /** Settings that contradict the requested delivery guarantee; empty: none. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (usesTransactions()) {
            String acks = option("acks").orElse("all");
            if (!acks.equals("all") && !acks.equals("-1")) {
                problems.add(
                        ("acks: found \"%s\", which cannot keep exactly once; leave it out, or say"
                                        + " delivery: at_least_once")
                                .formatted(acks));
            }
            if (option("retries").orElse("1").equals("0")) {
                problems.add(
                        "retries: found 0, which cannot keep exactly once; leave it out, or say"
                                + " delivery: at_least_once");
            }
        }
        return problems;
    }

    Map<String, Object> admin() throws DestinationException {
        Map<String, Object> values = common("admin");
        values.put("default.api.timeout.ms", (int) timeout().toMillis());
        return values;
    }

    /** Settings of a consumer that is assigned its partitions and joins no group. */
    Map<String, Object> consumer(IsolationLevel level) throws DestinationException {
        Map<String, Object> values = common("reader");
        values.put("default.api.timeout.ms", (int) timeout().toMillis());
        values.put("isolation.level", level.toString().toLowerCase(Locale.ROOT));
        values.put("enable.auto.commit", "false");
        values.put("auto.offset.reset", "none");
        values.put("max.poll.records", "20000");
        return values;
    }

    /**
     * Settings of a producer.
     *
     * @param largestMessage the topic's limit, if this user may read it. The client splits a batch
     *     that is larger into batches of the same size, endlessly (KAFKA-8350); without a known
     *     limit, batches are as small as Kafka's default
     * @param transactionalId its fixed id; empty: it writes without transactions
     */
    public Map<String, Object> producer(
            OptionalLong largestMessage, Optional<String> transactionalId)
            throws DestinationException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("linger.ms", "50");
        long batch = Math.min(LARGEST_BATCH, largestMessage.orElse(SAFE_BATCH));
        values.put("batch.size", Long.toString(batch));
        values.put("buffer.memory", "33554432");
        values.put("max.request.size", Long.toString(LARGEST_REQUEST));
        // after a commit, the broker rejects the first call while it still writes the commit marker
        values.put("retry.backoff.ms", "1");
        values.put("retry.backoff.max.ms", "5");
        values.put("max.block.ms", Long.toString(requestTimeoutMillis()));
        values.put(DELIVERY_TIMEOUT, Long.toString(DEFAULT_DELIVERY_TIMEOUT.toMillis()));
        values.putAll(common("producer"));
        option("compression_type").ifPresent(type -> values.put("compression.type", type));
        option("retries").ifPresent(count -> values.put("retries", count));
        String acks = option("acks").orElse("all");
        values.put("acks", acks);
        boolean acksAll = acks.equals("all") || acks.equals("-1");
        boolean retries = !option("retries").orElse("1").equals("0");
        values.put("enable.idempotence", Boolean.toString(acksAll && retries));
        if (!acksAll || !retries) {
            // without sequence numbers, a retried request is ordered after later requests
            values.put("max.in.flight.requests.per.connection", "1");
        }
        transactionalId.ifPresent(
                id -> {
                    values.put("transactional.id", id);
                    values.put("transaction.timeout.ms", (int) transactionTimeout().toMillis());
                });
        return values;
    }

    /** How long the client retries until a record is acknowledged. */
    public Duration deliveryTimeout() {
        return endpoint.connection().parameters().stream()
                .filter(parameter -> parameter.name().equals(DELIVERY_TIMEOUT))
                .map(parameter -> Duration.ofMillis(Long.parseLong(parameter.value().reveal())))
                .findFirst()
                .orElse(DEFAULT_DELIVERY_TIMEOUT);
    }

    /** Total timeout of a batch, including the opening of its transaction. */
    public Duration batchTimeout() {
        return deliveryTimeout().plusMillis(requestTimeoutMillis());
    }

    /** The largest message that the client sends, in bytes. */
    public long largestRequest() {
        return endpoint.connection().parameters().stream()
                .filter(parameter -> parameter.name().equals("max.request.size"))
                .map(parameter -> Long.valueOf(parameter.value().reveal()))
                .findFirst()
                .orElse(LARGEST_REQUEST);
    }

    private long requestTimeoutMillis() {
        return Math.min(MAX_REQUEST_TIMEOUT, timeout().toMillis());
    }

    private Map<String, Object> common(String role) throws DestinationException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("request.timeout.ms", Long.toString(requestTimeoutMillis()));
        values.put("socket.connection.setup.timeout.ms", Long.toString(requestTimeoutMillis()));
        values.put("socket.connection.setup.timeout.max.ms", Long.toString(requestTimeoutMillis()));
        for (EndpointOption parameter : endpoint.connection().parameters()) {
            values.put(parameter.name(), parameter.value().reveal());
        }
        values.put("auto.include.jmx.reporter", "false");
        values.put("enable.metrics.push", "false");
        values.put("client.id", "evolvishub-cdc-" + pipeline.mapping() + "-" + role);
        values.put("bootstrap.servers", servers());
        values.putAll(new KafkaSecuritySettings(endpoint).values());
        return values;
    }

    /** The message with secret values of the file masked. */
    public String redacted(String message) {
        String clean = message;
        List<Secret> secrets = new ArrayList<>();
        secrets.add(endpoint.connection().password());
        endpoint.option("sasl_password").ifPresent(secrets::add);
        endpoint.connection().parameters().forEach(each -> secrets.add(each.value()));
        for (Secret secret : secrets) {
            if (!secret.reveal().isEmpty()) {
                clean = clean.replace(secret.reveal(), "****");
            }
        }
        return clean;
    }

    private Optional<String> option(String name) {
        return endpoint.option(name).map(Secret::reveal);
    }
}
