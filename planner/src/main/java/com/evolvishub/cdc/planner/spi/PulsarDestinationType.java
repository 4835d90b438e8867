package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spi.DestinationOption.Kind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Apache Pulsar: {@code table} is a topic, {@code database} its tenant and namespace. */
public final class PulsarDestinationType implements DestinationType {

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._=:-]+/[A-Za-z0-9._=:-]+");
    private static final Pattern FULL_TOPIC =
            Pattern.compile("persistent://([A-Za-z0-9._=:-]+/[A-Za-z0-9._=:-]+)/[^/\\s]+");
    private static final Pattern SHORT_TOPIC = Pattern.compile("[^/\\s:]+");
    private static final String OURS = "it is set by this program";
    private static final Map<String, String> DENIED =
            Map.ofEntries(
                    Map.entry("authpluginclassname", "use auth_plugin"),
                    Map.entry("authparams", "use auth_token"),
                    Map.entry("authparammap", "use auth_token"),
                    Map.entry("serviceurl", "use service_url"),
                    Map.entry("producername", OURS),
                    Map.entry("initialsequenceid", OURS),
                    Map.entry("topicname", "use table"),
                    Map.entry("accessmode", OURS),
                    Map.entry("sendtimeoutms", "use send_timeout_millis"),
                    Map.entry("blockifqueuefull", "use block_if_queue_full"),
                    Map.entry("compressiontype", "use compression_type"),
                    Map.entry("batchingenabled", "use batching_enabled"),
                    Map.entry("connectiontimeoutms", "use connection_timeout"),
                    Map.entry("operationtimeoutms", "use connection_timeout"),
                    Map.entry("lookuptimeoutms", "use connection_timeout"),
                    Map.entry("chunkingenabled", OURS),
                    Map.entry("maxpendingmessages", OURS),
                    Map.entry("initialbackoffintervalnanos", OURS),
                    Map.entry("maxbackoffintervalnanos", OURS));

    @Override
    public String name() {
        return "pulsar";
    }

    @Override
    public int defaultPort() {
        return 6650;
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
                        "service_url",
                        Kind.TEXT,
                        "In place of `host` and `port`: `pulsar://` or `pulsar+ssl://`."),
                DestinationOption.of(
                        "admin_url",
                        Kind.TEXT,
                        "The admin API, `http://` or `https://`, to make topics where the broker makes none."),
                DestinationOption.oneOf(
                        "compression_type",
                        List.of("NONE", "LZ4", "ZLIB", "ZSTD", "SNAPPY"),
                        "How batches are packed."),
                DestinationOption.of(
                        "batching_enabled", Kind.FLAG, "Whether messages travel in batches."),
                DestinationOption.of(
                        "block_if_queue_full",
                        Kind.FLAG,
                        "Whether the client waits when its own queue is full."),
                DestinationOption.oneOf(
                        "auth_plugin", List.of("token", "tls"), "How the client logs in."),
                DestinationOption.of(
                        "auth_token", Kind.SECRET, "The token of `auth_plugin: token`."),
                DestinationOption.of(
                        "send_timeout_millis",
                        Kind.COUNT,
                        "How long the broker may take to answer."),
                DestinationOption.of(
                        "transaction_timeout_seconds",
                        Kind.COUNT,
                        "When the broker gives up a transaction of `delivery: transactional`; 600, if not given."));
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        EndpointChecks checks = new EndpointChecks(endpoint);
        String url = endpoint.option("service_url").map(s -> s.reveal()).orElse("");
        if (url.isEmpty()) {
            checks.requireHost("; expected a broker's name, or service_url");
        } else {
            checkUrl(checks, "service_url", url, "pulsar://", "pulsar+ssl://");
            if (!endpoint.connection().host().isEmpty()) {
                checks.add("host", "stands beside service_url; give one of them");
            }
        }
        endpoint.option("admin_url")
                .ifPresent(
                        admin ->
                                checkUrl(
                                        checks,
                                        "admin_url",
                                        admin.reveal(),
                                        "http://",
                                        "https://"));
        checks.requireTable("a topic");
        checkTopic(endpoint, checks);
        endpoint.option("transaction_timeout_seconds")
                .map(Secret::reveal)
                .filter(seconds -> Integer.parseInt(seconds) < 1)
                .ifPresent(
                        seconds ->
                                checks.add(
                                        "transaction_timeout_seconds",
                                        "expected 1 or more, found \"%s\"".formatted(seconds)));
        checks.rejectSchema();
        checks.rejectParameters(DENIED);
        return checks.problems();
    }

    private static void checkUrl(
            EndpointChecks checks, String key, String url, String plain, String secure) {
        boolean starts = url.startsWith(plain) || url.startsWith(secure);
        if (!starts || url.chars().anyMatch(Character::isWhitespace)) {
            checks.add(
                    key, "\"%s\" is no such URL; expected %s or %s".formatted(url, plain, secure));
        }
    }

    private static void checkTopic(EndpointSpec endpoint, EndpointChecks checks) {
        String topic = endpoint.table();
        String namespace = endpoint.connection().database();
        if (!namespace.isEmpty() && !NAMESPACE.matcher(namespace).matches()) {
            checks.add(
                    "database",
                    "\"%s\" is no namespace; expected tenant/namespace".formatted(namespace));
        }
        if (topic.isEmpty()) {
            return;
        }
        if (topic.startsWith("non-persistent://")) {
            checks.add(
                    "table", "\"%s\" keeps no messages; expected persistent://".formatted(topic));
            return;
        }
        var full = FULL_TOPIC.matcher(topic);
        if (!full.matches()) {
            if (!SHORT_TOPIC.matcher(topic).matches()) {
                checks.add(
                        "table",
                        "\"%s\" is no topic; expected a name or persistent://tenant/namespace/name"
                                .formatted(topic));
            }
        } else if (!namespace.isEmpty() && !full.group(1).equals(namespace)) {
            checks.add(
                    "database",
                    "is \"%s\", but the topic is \"%s\"; give one of them"
                            .formatted(namespace, topic));
        }
    }

    @Override
    public String label(EndpointSpec endpoint) {
        return "pulsar " + endpoint.table();
    }

    @Override
    public String exactlyOnceExplanation() {
        return "the lane's producers shut out those of every earlier holder, and the last sequence"
                + " number is read from the topic itself; nobody else may write to the topic";
    }
}
