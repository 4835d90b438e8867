package com.evolvishub.cdc.testing.redis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settings to start one Redis server.
 *
 * @param lines of the configuration file, without ports and directories
 * @param data the directory to keep; empty: a temporary one
 * @param port 0: any free port
 * @param tls whether the port accepts only TLS
 * @param sentinel whether the server is a sentinel
 * @param password for {@link RedisServer#command}; empty: none is required
 */
record RedisSettings(
        List<String> lines,
        Optional<Path> data,
        int port,
        boolean tls,
        boolean sentinel,
        String password) {

    /** Syncs every write to disk before it responds. */
    static final RedisSettings DEFAULTS =
            new RedisSettings(
                    List.of("bind 127.0.0.1", "appendonly yes", "appendfsync always", "save \"\""),
                    Optional.empty(),
                    0,
                    false,
                    false,
                    "");

    RedisSettings {
        lines = List.copyOf(lines);
    }

    /** Settings for a sentinel, which keeps no data. */
    static RedisSettings sentinel(List<String> lines) {
        return new RedisSettings(List.of("bind 127.0.0.1"), Optional.empty(), 0, false, true, "")
                .with(lines);
    }

    RedisSettings with(List<String> more) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(more);
        return new RedisSettings(all, data, port, tls, sentinel, password);
    }

    RedisSettings keptIn(Path directory) {
        return new RedisSettings(lines, Optional.of(directory), port, tls, sentinel, password);
    }

    RedisSettings at(int otherPort) {
        return new RedisSettings(lines, data, otherPort, tls, sentinel, password);
    }

    RedisSettings speakingTls() {
        return new RedisSettings(lines, data, port, true, sentinel, password);
    }

    RedisSettings withPassword(String secret) {
        return new RedisSettings(lines, data, port, tls, sentinel, secret);
    }
}
