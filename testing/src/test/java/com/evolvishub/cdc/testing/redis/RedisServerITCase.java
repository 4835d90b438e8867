package com.evolvishub.cdc.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RedisServerITCase {
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    @Test
    void syncsEveryWriteToDisk() {
        assertThat(REDIS.command("CONFIG", "GET", "appendonly")).isEqualTo("appendonly\nyes");
        assertThat(REDIS.command("CONFIG", "GET", "appendfsync")).isEqualTo("appendfsync\nalways");
    }

    @Test
    void keepsPortAndDataAfterACrash() {
        try (RedisServer server = RedisServer.builder().start()) {
            int port = server.port();
            long first = server.pid();
            server.command("SET", "k", "kept");
            server.kill();
            assertThat(ProcessHandle.of(first)).isEmpty();
            server.restart();
            assertThat(server.command("GET", "k")).isEqualTo("kept");
            assertThat(server.port()).isEqualTo(port);
        }
    }

    @Test
    void usesTheDataOfAKeptDirectory(@TempDir Path directory) {
        try (RedisServer first = RedisServer.builder().dataDirectory(directory).start()) {
            first.command("SET", "k", "kept");
        }
        try (RedisServer second = RedisServer.builder().dataDirectory(directory).start()) {
            assertThat(second.command("GET", "k")).isEqualTo("kept");
        }
    }

    @Test
    void deletesTemporaryDataWhenItIsClosed() {
        RedisServer server = RedisServer.builder().start();
        Path log = server.logFile();
        long pid = server.pid();
        server.close();
        server.close();
        assertThat(log.getParent()).doesNotExist();
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void requiresThePassword() {
        try (RedisServer server = RedisServer.builder().password("s3cret").start()) {
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThatThrownBy(
                            () ->
                                    new RedisProtocolClient(server.host(), server.port())
                                            .call("PING"))
                    .hasMessageStartingWith("NOAUTH");
        }
    }

    @Test
    void reportsWhyItDoesNotStart() {
        assertThatThrownBy(() -> RedisServer.builder().parameter("no_such_setting", "1").start())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void startsAClusterWithAllSlotsAssigned() {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThat(cluster.servers()).hasSize(3);
            assertThat(cluster.servers().get(1).command("CLUSTER", "KEYSLOT", "{a}b"))
                    .isEqualTo(cluster.servers().get(2).command("CLUSTER", "KEYSLOT", "a"));
        }
    }
}
