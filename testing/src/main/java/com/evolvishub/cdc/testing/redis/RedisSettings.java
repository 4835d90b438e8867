package com.evolvishub.cdc.testing.redis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to start one Redis server.
 *
 * @param lines of its configuration file, without ports and folders
 * @param data the folder to keep; empty is a temporary one
 * @param port 0 is any free one
 * @param tls whether it speaks TLS on its port, and nothing else
 * @param sentinel whether it watches others instead of keeping data
 * @param password of the user that {@link RedisServer#command} runs as; empty: none is needed
 */
record RedisSettings(
        List<String> lines,
        Optional<Path> data,
        int port,
        boolean tls,
        boolean sentinel,
        String password) {

    /** Every answered write is on disk. */
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

    RedisSettings keptIn(Path folder) {
        return new RedisSettings(lines, Optional.of(folder), port, tls, sentinel, password);
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
