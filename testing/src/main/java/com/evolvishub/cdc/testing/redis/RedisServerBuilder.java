package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.List;

/**
 * Settings to start a {@link RedisServer}. By default it listens on a free port, requires no
 * password, keeps its data in a temporary directory and syncs every write to disk before it
 * responds. Immutable.
 */
public final class RedisServerBuilder {
    private final RedisSettings settings;

    RedisServerBuilder(RedisSettings settings) {
        this.settings = settings;
    }

    /** Adds a line to the configuration file; a later line overrides an earlier one. */
    public RedisServerBuilder parameter(String name, String value) {
        return new RedisServerBuilder(settings.with(List.of(name + " " + value)));
    }

    /** Requires this password. */
    public RedisServerBuilder password(String password) {
        return new RedisServerBuilder(
                settings.with(List.of("requirepass " + password)).withPassword(password));
    }

    /** Adds a user, with rules in the syntax of {@code ACL SETUSER}. */
    public RedisServerBuilder user(String name, String password, String rules) {
        return parameter("user", "%s on >%s %s".formatted(name, password, rules));
    }

    /**
     * Accepts only TLS; client certificates are optional.
     *
     * @param certificate of the server, PEM
     * @param key its private key, PEM
     * @param authority certificate of the trusted CA, PEM
     */
    public RedisServerBuilder tls(Path certificate, Path key, Path authority) {
        return new RedisServerBuilder(
                settings.speakingTls()
                        .with(
                                List.of(
                                        "tls-cert-file " + certificate,
                                        "tls-key-file " + key,
                                        "tls-ca-cert-file " + authority,
                                        "tls-auth-clients optional")));
    }

    /** Replicates another server; read-only. */
    public RedisServerBuilder replicaOf(RedisServer primary) {
        return parameter("replicaof", primary.host() + " " + primary.port());
    }

    /** Keeps the data in this directory; existing data is used. */
    public RedisServerBuilder dataDirectory(Path directory) {
        return new RedisServerBuilder(settings.keptIn(directory));
    }

    /** Listens on this port instead of a free one. */
    public RedisServerBuilder port(int port) {
        return new RedisServerBuilder(settings.at(port));
    }

    /**
     * Starts the server and returns when it accepts connections, after some tenths of a second.
     *
     * @throws ServerUnavailableException if no program is found or the server does not start
     */
    public RedisServer start() {
        return RedisServer.start(settings);
    }
}
