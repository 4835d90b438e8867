package com.evolvishub.cdc.connectors.pulsar.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.admin.PulsarAdmin;
import org.apache.pulsar.client.api.Authentication;
import org.apache.pulsar.client.api.AuthenticationFactory;
import org.apache.pulsar.client.api.ClientBuilder;
import org.apache.pulsar.client.api.CompressionType;
import org.apache.pulsar.client.api.ProducerBuilder;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.PulsarClientException.UnsupportedAuthenticationException;
import org.apache.pulsar.client.api.SizeUnit;
import org.apache.pulsar.client.impl.auth.AuthenticationDisabled;
import org.apache.pulsar.client.impl.conf.ClientConfigurationData;
import org.apache.pulsar.client.impl.conf.ProducerConfigurationData;

/**
 * The settings of Pulsar's client for an endpoint block. Values of {@code additional_params} are
 * applied first; the settings that this connector depends on override them.
 */
public final class PulsarClientSettings {

    /**
     * A producer that reconnects resends what was not acknowledged, possibly a second time. So
     * producers never reconnect: the pipeline is opened again, which reads what was delivered.
     */
    private static final long NO_RECONNECT_DAYS = 1;

    private static final long MIN_BACKOFF_MILLIS = 50;
    private static final long MAX_BACKOFF_MILLIS = 1000;
    private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);
    private static final String SEND_TIMEOUT_MILLIS = "30000";

    private final PulsarEndpoint target;
    private final ConnectionSpec connection;

    public PulsarClientSettings(PulsarEndpoint target) {
        this.target = target;
        this.connection = target.endpoint().connection();
    }

    /** Timeout of one request to the broker. */
    public Duration operationTimeout() {
        Duration timeout = connection.timeout();
        return timeout.compareTo(MIN_TIMEOUT) < 0 ? MIN_TIMEOUT : timeout;
    }

    public Duration sendTimeout() {
        return Duration.ofMillis(
                Long.parseLong(target.option("send_timeout_millis", SEND_TIMEOUT_MILLIS)));
    }

    String serviceUrl() {
        String host = connection.host();
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        String scheme = usesTls(connection.tls()) ? "pulsar+ssl" : "pulsar";
        return target.option("service_url", scheme + "://" + bracketed + ":" + connection.port());
    }

    private static boolean usesTls(TlsSpec tls) {
        return switch (tls.mode()) {
            case "require", "verify-ca", "verify-full" -> true;
            default -> tls.mode().isEmpty() && !tls.rootCertificate().isEmpty();
        };
    }

    /**
     * Whether any certificate is accepted, as with {@code ssl_mode: require} in other connectors.
     */
    private boolean acceptsAnyCertificate() {
        return connection.tls().mode().equals("require")
                && connection.tls().rootCertificate().isEmpty();
    }

    private boolean verifiesHostName() {
        return switch (connection.tls().mode()) {
            case "require", "verify-ca" -> false;
            default -> true;
        };
    }

    PulsarClient client() throws PulsarClientException, DestinationException {
        return builder().build();
    }

    /** A client with transactions; connects to the cluster's transaction coordinator. */
    public PulsarClient transactionClient() throws PulsarClientException, DestinationException {
        return builder().enableTransaction(true).build();
    }

    /** A client that only ends transactions. It reconnects: ending one twice does no harm. */
    PulsarClient coordinatorClient() throws PulsarClientException, DestinationException {
        return builder()
                .enableTransaction(true)
                .startingBackoffInterval(MIN_BACKOFF_MILLIS, TimeUnit.MILLISECONDS)
                .maxBackoffInterval(MAX_BACKOFF_MILLIS, TimeUnit.MILLISECONDS)
                .build();
    }

    private ClientBuilder builder() throws PulsarClientException, DestinationException {
        ClientBuilder builder =
                PulsarClient.builder()
                        .loadConf(parameters(ClientConfigurationData.class))
                        .serviceUrl(serviceUrl())
                        .authentication(authentication())
                        .connectionTimeout(
                                (int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .operationTimeout(
                                (int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .lookupTimeout((int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .startingBackoffInterval(NO_RECONNECT_DAYS, TimeUnit.DAYS)
                        .maxBackoffInterval(NO_RECONNECT_DAYS, TimeUnit.DAYS)
                        // the pipeline's batch is the limit, and it must not be split
                        .memoryLimit(0, SizeUnit.BYTES)
                        .statsInterval(0, TimeUnit.SECONDS);
        TlsSpec tls = connection.tls();
        if (!tls.rootCertificate().isEmpty()) {
            builder.tlsTrustCertsFilePath(tls.rootCertificate());
        }
        if (serviceUrl().startsWith("pulsar+ssl")) {
            builder.allowTlsInsecureConnection(acceptsAnyCertificate())
                    .enableTlsHostnameVerification(verifiesHostName());
        }
        return builder;
    }

    /** A client of the admin API at this URL. */
    public PulsarAdmin admin(String url) throws PulsarClientException {
        return PulsarAdmin.builder()
                .serviceHttpUrl(url)
                .authentication(authentication())
                .tlsTrustCertsFilePath(
                        connection.tls().rootCertificate().isEmpty()
                                ? null
                                : connection.tls().rootCertificate())
                .allowTlsInsecureConnection(acceptsAnyCertificate())
                .enableTlsHostnameVerification(verifiesHostName())
                .connectionTimeout((int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout((int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .requestTimeout((int) operationTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    private Authentication authentication() throws UnsupportedAuthenticationException {
        Secret token = target.endpoint().option("auth_token").orElse(Secret.NONE);
        TlsSpec tls = connection.tls();
        String plugin = target.option("auth_plugin", token.reveal().isEmpty() ? "" : "token");
        return switch (plugin) {
            case "token" -> AuthenticationFactory.token(token.reveal());
            case "tls" -> AuthenticationFactory.TLS(tls.certificate(), tls.key());
            default ->
                    tls.certificate().isEmpty()
                            ? AuthenticationDisabled.INSTANCE
                            : AuthenticationFactory.TLS(tls.certificate(), tls.key());
        };
    }

    /** Applies batching, compression and the send timeout. */
    <T> ProducerBuilder<T> apply(ProducerBuilder<T> builder) throws DestinationException {
        return builder.loadConf(parameters(ProducerConfigurationData.class))
                .enableChunking(false)
                .enableBatching(target.flag("batching_enabled"))
                .blockIfQueueFull(target.flag("block_if_queue_full"))
                .compressionType(CompressionType.valueOf(target.option("compression_type", "NONE")))
                .sendTimeout((int) sendTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Those of {@code additional_params} that this settings class has. */
    private Map<String, Object> parameters(Class<?> settings) throws DestinationException {
        Map<String, Object> known = new LinkedHashMap<>();
        for (EndpointOption parameter : connection.parameters()) {
            if (has(settings, parameter.name())) {
                known.put(parameter.name(), parameter.value().reveal());
            } else if (!has(ClientConfigurationData.class, parameter.name())
                    && !has(ProducerConfigurationData.class, parameter.name())) {
                throw new DestinationException(
                        ("additional_params.%s: Pulsar's client has no such setting; expected a"
                                        + " field of its client or producer configuration, such as"
                                        + " batchingMaxMessages")
                                .formatted(parameter.name()));
            }
        }
        return known;
    }

    private static boolean has(Class<?> settings, String name) {
        return Arrays.stream(settings.getDeclaredFields())
                .anyMatch(
                        field ->
                                field.getName().equals(name)
                                        && !Modifier.isStatic(field.getModifiers()));
    }
}
