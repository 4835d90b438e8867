package com.evolvishub.cdc.connectors.redis.session;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.lane;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.evolvishub.cdc.connectors.redis.RedisTestCertificates;
import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.testing.redis.RedisServer;
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

    private static RedisTestCertificates certificates;
    private static RedisServer server;

    @BeforeAll
    static void start() throws Exception {
        certificates = RedisTestCertificates.in(folder);
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
        RedisTestStream there = RedisTestStream.at(server).tls(asClient(mode, "authority"));
        try (RedisDestinationClient client = there.client()) {
            client.open(lane("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows(1, 5000));
            assertThat(client.open(lane("a")).lastSequence()).isEqualTo(5000);
        }
    }

    @Test
    void asksForNoAuthorityWhereOnlySecrecyIsWanted() throws Exception {
        try (RedisDestinationClient client =
                RedisTestStream.at(server).tls(asClient("require", "")).client()) {
            assertThat(client.open(lane("a")).lastSequence()).isZero();
        }
    }

    private static RedisException refusal(TlsSpec tls) {
        return catchThrowableOfType(
                RedisException.class,
                () -> RedisTestStream.at(server).tls(tls).client().open(lane("a")));
    }

    @Test
    void refusesAServerThatAStrangerVouchesFor() {
        RedisException failure = refusal(asClient("verify-full", "stranger"));

        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("certification path");
    }

    @Test
    void comparesTheNameOnlyWhenAskedTo() throws Exception {
        TlsSpec full = asClient("verify-full", "authority");
        RedisTestStream byName = RedisTestStream.at("localhost", server.port());
        RedisException failure =
                catchThrowableOfType(
                        RedisException.class, () -> byName.tls(full).client().open(lane("a")));

        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("localhost");
        try (RedisDestinationClient client =
                byName.tls(asClient("verify-ca", "authority")).client()) {
            assertThat(client.open(lane("a")).epoch()).isEqualTo(1);
        }
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        String none = folder.resolve("none.pem").toString();
        RedisException missing = refusal(new TlsSpec("verify-full", "", "", none));
        String key = certificates.certificate("client").toString();
        RedisException odd = refusal(new TlsSpec("require", key, key, ""));

        assertThat(missing.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(missing).hasMessageContaining("ssl_root_cert: cannot read " + none);
        assertThat(odd.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(odd).hasMessageContaining("ssl_key: no plain PKCS#8 key in " + key);
    }
}
