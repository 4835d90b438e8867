package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.List;

/**
 * Says how to start a {@link RedisServer}. Without a word it listens on a free port, asks for no
 * password, keeps its data in a temporary folder and has every answered write on disk. Immutable.
 */
public final class RedisServerBuilder {
    private final RedisSettings settings;

    RedisServerBuilder(RedisSettings settings) {
        this.settings = settings;
    }

    /** Any line of a configuration file; a later one wins over an earlier one. */
    public RedisServerBuilder parameter(String name, String value) {
        return new RedisServerBuilder(settings.with(List.of(name + " " + value)));
    }

    /** Asks everybody for this password. */
    public RedisServerBuilder password(String password) {
        return new RedisServerBuilder(
                settings.with(List.of("requirepass " + password)).withPassword(password));
    }

    /** Knows this user, with rules as {@code ACL SETUSER} takes them. */
    public RedisServerBuilder user(String name, String password, String rules) {
        return parameter("user", "%s on >%s %s".formatted(name, password, rules));
    }

    /**
     * Speaks TLS only, and asks clients for a certificate if they have one.
     *
     * @param certificate of the server, PEM
     * @param key its private key, PEM
     * @param authority whose certificates are trusted, PEM
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

    /** Follows another server and takes no writes. */
    public RedisServerBuilder replicaOf(RedisServer primary) {
        return parameter("replicaof", primary.host() + " " + primary.port());
    }

    /** Keeps the data in this folder and goes on from what stands there. */
    public RedisServerBuilder dataDirectory(Path folder) {
        return new RedisServerBuilder(settings.keptIn(folder));
    }

    /** Listens on this port and on no other. */
    public RedisServerBuilder port(int port) {
        return new RedisServerBuilder(settings.at(port));
    }

    /**
     * Starts the server and returns when it takes connections; some tenths of a second.
     *
     * @throws ServerUnavailableException if there is no program, or it does not start
     */
    public RedisServer start() {
        return RedisServer.start(settings);
    }
}
