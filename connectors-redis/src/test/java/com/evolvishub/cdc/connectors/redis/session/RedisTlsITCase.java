package com.evolvishub.cdc.connectors.redis.session;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
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
        RedisTestStream target = RedisTestStream.at(server).tls(asClient(mode, "authority"));
        try (RedisDestinationClient client = target.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows(1, 5000));
            assertThat(client.open(writerIdentity("a")).lastSequence()).isEqualTo(5000);
        }
    }

    @Test
    void requireNeedsNoAuthority() throws Exception {
        try (RedisDestinationClient client =
                RedisTestStream.at(server).tls(asClient("require", "")).client()) {
            assertThat(client.open(writerIdentity("a")).lastSequence()).isZero();
        }
    }

    private static RedisException openFailure(TlsSpec tls) {
        return catchThrowableOfType(
                RedisException.class,
                () -> RedisTestStream.at(server).tls(tls).client().open(writerIdentity("a")));
    }

    @Test
    void rejectsAServerOfAnUntrustedAuthority() {
        RedisException failure = openFailure(asClient("verify-full", "stranger"));

        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("certification path");
    }

    @Test
    void verifiesTheHostNameOnlyWithVerifyFull() throws Exception {
        TlsSpec full = asClient("verify-full", "authority");
        RedisTestStream byName = RedisTestStream.at("localhost", server.port());
        RedisException failure =
                catchThrowableOfType(
                        RedisException.class,
                        () -> byName.tls(full).client().open(writerIdentity("a")));

        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("localhost");
        try (RedisDestinationClient client =
                byName.tls(asClient("verify-ca", "authority")).client()) {
            assertThat(client.open(writerIdentity("a")).epoch()).isEqualTo(1);
        }
    }

    @Test
    void namesAFileThatCannotBeRead() {
        String none = folder.resolve("none.pem").toString();
        RedisException missing = openFailure(new TlsSpec("verify-full", "", "", none));
        String key = certificates.certificate("client").toString();
        RedisException invalid = openFailure(new TlsSpec("require", key, key, ""));

        assertThat(missing.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(missing).hasMessageContaining("ssl_root_cert: cannot read " + none);
        assertThat(invalid.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(invalid).hasMessageContaining("ssl_key: no plain PKCS#8 key in " + key);
    }
}
