package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.BrokerCertificates;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The directory of one broker: its data, settings, certificates and log. */
final class PulsarDirectory implements AutoCloseable {

    private static final String TOKEN_PROVIDER =
            "org.apache.pulsar.broker.authentication.AuthenticationProviderToken";
    private static final String TOKEN_PLUGIN =
            "org.apache.pulsar.client.impl.auth.AuthenticationToken";

    private final Path home;
    private final boolean temporary;

    private PulsarDirectory(Path home, boolean temporary) {
        this.home = home;
        this.temporary = temporary;
    }

    /** Returns the given directory, which is kept, or a new one, which {@link #close} deletes. */
    static PulsarDirectory at(Optional<Path> kept) throws IOException {
        if (kept.isPresent()) {
            return new PulsarDirectory(Files.createDirectories(kept.get().toAbsolutePath()), false);
        }
        return new PulsarDirectory(TestDirectories.temporary("evolvishub-cdc-pulsar-"), true);
    }

    Path home() {
        return home;
    }

    Path log() {
        return home.resolve("server.log");
    }

    Path metadata() {
        return home.resolve("metadata");
    }

    Path bookkeeper() {
        return home.resolve("bookkeeper");
    }

    Path configuration() {
        return home.resolve("standalone.conf");
    }

    /**
     * The name of the broker's cluster: random, unique to this directory and kept with the data.
     */
    String cluster() throws IOException {
        Path file = home.resolve("cluster");
        if (!Files.exists(file)) {
            byte[] random = new byte[6];
            new SecureRandom().nextBytes(random);
            Files.writeString(file, "cdc-" + HexFormat.of().formatHex(random));
        }
        return Files.readString(file);
    }

    BrokerCertificates certificates() {
        return new BrokerCertificates(home, "RSA");
    }

    /** Writes the settings that the broker reads when it starts. */
    void write(PulsarSettings settings, PulsarPorts ports, PulsarTokens tokens) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("clusterName", cluster());
        all.put("bindAddress", "127.0.0.1");
        all.put("advertisedAddress", "127.0.0.1");
        all.put("brokerServicePort", Integer.toString(ports.service()));
        all.put("webServicePort", Integer.toString(ports.admin()));
        if (settings.proxy() != 0) {
            String proxied = "proxied:pulsar://127.0.0.1:";
            all.put("bindAddresses", proxied + ports.proxied());
            all.put(
                    "advertisedListeners",
                    "direct:pulsar://127.0.0.1:"
                            + ports.service()
                            + ","
                            + proxied
                            + settings.proxy());
            all.put("internalListenerName", "direct");
        }
        if (settings.tls()) {
            certificates().make();
            all.put("brokerServicePortTls", Integer.toString(ports.tls()));
            all.put("tlsCertificateFilePath", certificates().serverCertificate().toString());
            all.put("tlsKeyFilePath", certificates().serverKey().toString());
            all.put("tlsTrustCertsFilePath", certificates().clientCertificate().toString());
        }
        if (settings.tokens()) {
            all.put("authenticationEnabled", "true");
            all.put("authenticationProviders", TOKEN_PROVIDER);
            all.put("authorizationEnabled", "true");
            all.put("superUserRoles", PulsarTokens.ADMIN);
            all.put("tokenSecretKey", tokens.secretKey());
            all.put("brokerClientAuthenticationPlugin", TOKEN_PLUGIN);
            all.put(
                    "brokerClientAuthenticationParameters",
                    "token:" + tokens.of(PulsarTokens.ADMIN));
        }
        all.putAll(settings.parameters());
        TestDirectories.writePrivate(
                configuration(),
                all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            TestDirectories.delete(home);
        }
    }
}
