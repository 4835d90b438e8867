package com.evolvishub.cdc.connectors.kafka.session;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;

/** TLS and authentication settings of Kafka's clients. */
final class KafkaSecuritySettings {

    private final EndpointSpec endpoint;
    private final TlsSpec tls;

    KafkaSecuritySettings(EndpointSpec endpoint) {
        this.endpoint = endpoint;
        this.tls = endpoint.connection().tls();
    }

    Map<String, Object> values() throws DestinationException {
        Map<String, Object> values = new LinkedHashMap<>();
        String protocol = protocol();
        values.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
        if (protocol.startsWith("SASL")) {
            String mechanism = option("sasl_mechanism", "PLAIN");
            values.put(SaslConfigs.SASL_MECHANISM, mechanism);
            String password = option("sasl_password", endpoint.connection().password().reveal());
            values.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    new Password(JaasLogin.jaas(mechanism, username(), password)));
        }
        if (protocol.endsWith("SSL")) {
            putTls(values);
        }
        return values;
    }

    /** The protocol given in the file, else the one its other keys imply. */
    private String protocol() {
        boolean encrypted =
                !tls.mode().equals("disable")
                        && !(tls.mode() + tls.rootCertificate() + tls.certificate()).isEmpty();
        boolean login = !username().isEmpty();
        String implied = (login ? "SASL_" : "") + (encrypted ? "SSL" : "PLAINTEXT");
        return option("security_protocol", implied);
    }

    /** Empty: no authentication. */
    String username() {
        return option("sasl_username", endpoint.connection().username());
    }

    private void putTls(Map<String, Object> values) throws DestinationException {
        if (tls.mode().equals("verify-ca")) {
            values.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "");
        }
        if (!tls.rootCertificate().isEmpty()) {
            values.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            values.put(
                    SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    pem("ssl_root_cert", tls.rootCertificate()));
        }
        if (!tls.certificate().isEmpty()) {
            values.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            values.put(
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    pem("ssl_cert", tls.certificate()));
            values.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, pem("ssl_key", tls.key()));
        }
    }

    private static Password pem(String key, String path) throws DestinationException {
        try {
            return new Password(Files.readString(Path.of(path)));
        } catch (IOException e) {
            throw new DestinationException("%s: cannot read %s: %s".formatted(key, path, e), e);
        }
    }

    private String option(String name, String otherwise) {
        return endpoint.option(name).map(Secret::reveal).orElse(otherwise);
    }
}
