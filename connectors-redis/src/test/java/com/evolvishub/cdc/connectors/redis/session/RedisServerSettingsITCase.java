package com.evolvishub.cdc.connectors.redis.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.HostAndPort;

@Timeout(300)
class RedisServerSettingsITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static RedisServerSettings settings(RedisTestStream target) throws RedisException {
        ConnectionSpec spec = target.endpoint().connection();
        RedisSession session =
                new RedisSession(new HostAndPort(spec.host(), spec.port()), spec, false);
        session.connect(RedisLogin.of(spec, "orders"));
        try {
            return RedisServerSettings.of(session);
        } finally {
            session.abort();
        }
    }

    @Test
    void reportsNoRiskIfEveryWriteIsOnDisk() throws Exception {
        // not the shared server, which may have had replicas shortly before
        try (RedisServer server = RedisServer.builder().start()) {
            RedisServerSettings settings = settings(RedisTestStream.at(server));

            assertThat(settings.risks()).isEmpty();
            assertThat(settings.longestValue()).isEqualTo(512L << 20);
        }
    }

    @Test
    void reportsRisksOfDataLoss() throws Exception {
        try (RedisServer server =
                        RedisServer.builder()
                                .parameter("appendfsync", "everysec")
                                .parameter("maxmemory-policy", "allkeys-lru")
                                .start();
                RedisServer replica = RedisServer.builder().replicaOf(server).start()) {
            await().until(
                            () ->
                                    replica.command("INFO", "replication")
                                            .contains("master_link_status:up"));
            List<String> risks = settings(RedisTestStream.at(server)).risks();

            assertThat(risks).hasSize(3);
            assertThat(risks.get(0)).startsWith("appendfsync is everysec");
            assertThat(risks.get(1)).startsWith("maxmemory-policy is allkeys-lru");
            assertThat(risks.get(2)).startsWith("replicas follow with a delay");

            server.command("CONFIG", "SET", "appendonly", "no");
            assertThat(settings(RedisTestStream.at(server)).risks().get(0))
                    .startsWith("appendonly is off");
        }
    }

    @Test
    void reportsSettingsThatItMayNotRead() throws Exception {
        try (RedisServer server =
                RedisServer.builder().user("cdc", "hush-hush", "~* +ping").start()) {
            RedisServerSettings settings =
                    settings(RedisTestStream.at(server).login("cdc", "hush-hush"));

            assertThat(settings.risks())
                    .containsExactly(
                            "CONFIG GET is not allowed, so whether a crash loses rows could not"
                                    + " be looked at");
        }
    }
}
