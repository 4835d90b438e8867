package com.evolvishub.cdc.connectors.redis;

import static com.evolvishub.cdc.connectors.redis.Destination.lane;
import static com.evolvishub.cdc.connectors.redis.Destination.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RedisTlsITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    @TempDir static Path folder;

    private static Certificates certificates;
    private static RedisServer server;

    @BeforeAll
    static void start() throws Exception {
        certificates = Certificates.in(folder);
        server =
                RedisServer.builder()
                        .tls(
                                certificates.certificate("server"),
                                certificates.key("server"),
                                certificates.certificate("authority"))
                        .parameter("tls-auth-clients", "yes")
                        .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TlsSpec asClient(String mode, String authority) {
        return new TlsSpec(
                mode,
                certificates.certificate("client").toString(),
                certificates.key("client").toString(),
                authority.isEmpty() ? "" : certificates.certificate(authority).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "require", "verify-ca", "verify-full"})
    void writesUnderTls(String mode) throws Exception {
        Destination there = Destination.at(server).tls(asClient(mode, "authority"));
        try (RedisStreamsClient client = there.client()) {
            client.open(lane("a"));
            client.prepare(TestLane.KEYED);
            client.write(rows(1, 5000));
            assertThat(client.open(lane("a")).lastNumber()).isEqualTo(5000);
        }
    }

    @Test
    void asksForNoAuthorityWhereOnlySecrecyIsWanted() throws Exception {
        try (RedisStreamsClient client =
                Destination.at(server).tls(asClient("require", "")).client()) {
            assertThat(client.open(lane("a")).lastNumber()).isZero();
        }
    }

    private static RedisFailure refusal(TlsSpec tls) {
        return catchThrowableOfType(
                RedisFailure.class, () -> Destination.at(server).tls(tls).client().open(lane("a")));
    }

    @Test
    void refusesAServerThatAStrangerVouchesFor() {
        RedisFailure failure = refusal(asClient("verify-full", "stranger"));

        assertThat(failure.kind()).isEqualTo(Failure.PERMANENT);
        assertThat(failure).hasMessageContaining("certification path");
    }

    @Test
    void comparesTheNameOnlyWhenAskedTo() throws Exception {
        TlsSpec full = asClient("verify-full", "authority");
        Destination byName = Destination.at("localhost", server.port());
        RedisFailure failure =
                catchThrowableOfType(
                        RedisFailure.class, () -> byName.tls(full).client().open(lane("a")));

        assertThat(failure.kind()).isEqualTo(Failure.PERMANENT);
        assertThat(failure).hasMessageContaining("localhost");
        try (RedisStreamsClient client = byName.tls(asClient("verify-ca", "authority")).client()) {
            assertThat(client.open(lane("a")).epoch()).isEqualTo(1);
        }
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        String none = folder.resolve("none.pem").toString();
        RedisFailure missing = refusal(new TlsSpec("verify-full", "", "", none));
        String key = certificates.certificate("client").toString();
        RedisFailure odd = refusal(new TlsSpec("require", key, key, ""));

        assertThat(missing.kind()).isEqualTo(Failure.PERMANENT);
        assertThat(missing).hasMessageContaining("ssl_root_cert: cannot read " + none);
        assertThat(odd.kind()).isEqualTo(Failure.PERMANENT);
        assertThat(odd).hasMessageContaining("ssl_key: no plain PKCS#8 key in " + key);
    }
}
