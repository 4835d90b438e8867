package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.broker.BrokerCertificates;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The directory of one broker: its data, settings, certificates and log. */
final class KafkaDirectory implements AutoCloseable {

    private static final String LOGIN = "org.apache.kafka.common.security.";

    private final Path home;
    private final boolean temporary;

    private KafkaDirectory(Path home, boolean temporary) {
        this.home = home;
        this.temporary = temporary;
    }

    /** Returns the given directory, which is kept, or a new one, which {@link #close} deletes. */
    static KafkaDirectory at(Optional<Path> kept) throws IOException {
        if (kept.isPresent()) {
            return new KafkaDirectory(Files.createDirectories(kept.get().toAbsolutePath()), false);
        }
        return new KafkaDirectory(TestDirectories.temporary("evolvishub-cdc-kafka-"), true);
    }

    Path home() {
        return home;
    }

    /** Whether the data is deleted when the broker is stopped. */
    boolean isTemporary() {
        return temporary;
    }

    Path log() {
        return home.resolve("server.log");
    }

    Path format() {
        return home.resolve("format.arguments");
    }

    Path properties() {
        return home.resolve("server.properties");
    }

    BrokerCertificates tls() {
        return new BrokerCertificates(home, "EC");
    }

    /** Writes the files that the broker reads when it starts. */
    void write(KafkaSettings settings, KafkaPorts ports) throws IOException {
        tls().make();
        List<String> lines = new ArrayList<>(node(settings, ports));
        if (!settings.users().isEmpty()) {
            lines.addAll(loginSettings(settings.users()));
        }
        settings.parameters().forEach((name, value) -> lines.add(name + "=" + value));
        TestDirectories.writePrivate(properties(), lines);
        TestDirectories.writePrivate(format(), formatArguments(settings.users()));
    }

    private List<String> node(KafkaSettings settings, KafkaPorts ports) {
        List<String> names = new ArrayList<>();
        List<String> advertised = new ArrayList<>();
        List<String> protocols = new ArrayList<>(List.of("CONTROLLER:PLAINTEXT"));
        for (KafkaListener listener : KafkaListener.values()) {
            if (isEnabled(listener, settings)) {
                names.add(listener + "://" + ports.address(listener));
                advertised.add(
                        listener == KafkaListener.BEHIND_PROXY
                                ? listener + "://127.0.0.1:" + settings.proxy()
                                : listener + "://" + ports.address(listener));
                protocols.add(listener + ":" + listener.protocol());
            }
        }
        String clients = String.join(",", names);
        String controller = "127.0.0.1:" + ports.controller();
        return List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@" + controller,
                "controller.listener.names=CONTROLLER",
                "listeners=" + clients + ",CONTROLLER://" + controller,
                "advertised.listeners=" + String.join(",", advertised),
                "listener.security.protocol.map=" + String.join(",", protocols),
                "inter.broker.listener.name=PLAIN",
                "log.dirs=" + home.resolve("data"),
                "ssl.keystore.type=PEM",
                "ssl.keystore.location=" + tls().server(),
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + tls().clientCertificate(),
                "ssl.client.auth=requested");
    }

    private static boolean isEnabled(KafkaListener listener, KafkaSettings settings) {
        return switch (listener) {
            case PLAIN, TLS -> true;
            case SASL, SASL_TLS -> !settings.users().isEmpty();
            case BEHIND_PROXY -> settings.proxy() != 0;
        };
    }

    private static List<String> loginSettings(Map<String, String> users) {
        StringBuilder plain = new StringBuilder(LOGIN + "plain.PlainLoginModule required");
        users.forEach(
                (name, password) -> plain.append(" user_%s=\"%s\"".formatted(name, password)));
        String scram = LOGIN + "scram.ScramLoginModule required;";
        List<String> lines = new ArrayList<>();
        lines.add("sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
        for (KafkaListener listener : List.of(KafkaListener.SASL, KafkaListener.SASL_TLS)) {
            String prefix = "listener.name." + listener.name().toLowerCase(Locale.ROOT);
            lines.add(prefix + ".plain.sasl.jaas.config=" + plain + ";");
            lines.add(prefix + ".scram-sha-256.sasl.jaas.config=" + scram);
            lines.add(prefix + ".scram-sha-512.sasl.jaas.config=" + scram);
        }
        lines.add("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        lines.add("super.users=User:ANONYMOUS");
        return lines;
    }

    private List<String> formatArguments(Map<String, String> users) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("format", "--ignore-formatted", "--cluster-id", clusterId()));
        arguments.addAll(List.of("--config", properties().toString()));
        users.forEach(
                (name, password) -> {
                    for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-512")) {
                        arguments.add("--add-scram");
                        arguments.add(
                                "%s=[name=%s,password=%s]".formatted(mechanism, name, password));
                    }
                });
        return arguments;
    }

    /**
     * A new id; the storage tool does not change storage that is formatted already, so kept data
     * keeps its id.
     */
    private static String clusterId() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        random[0] &= 0x3f; // the id must not begin with a dash
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            TestDirectories.delete(home);
        }
    }
}
