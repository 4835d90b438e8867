package com.evolvishub.cdc.connectors.pulsar.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;
import static org.assertj.core.util.Throwables.getStackTrace;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PulsarSecurityITCase {

    private static PulsarServer server;

    @BeforeAll
    static void start() {
        ServerAvailability.require(
                () ->
                        server =
                                PulsarServer.builder()
                                        .withTokens()
                                        .withTls()
                                        .parameter("allowAutoTopicCreation", "false")
                                        .start());
        server.admin("POST", "/admin/v2/namespaces/public/default/permissions/writer", RIGHTS);
    }

    private static final String RIGHTS = "[\"produce\",\"consume\"]";

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void writesWithATokenOverTlsAndCreatesTopicsWithTheAdminApi() throws Exception {
        TlsSpec tls = new TlsSpec("verify-full", "", "", server.certificate().toString());
        try (PulsarDestinationClient client =
                client(
                        "",
                        tls,
                        option("service_url", server.tlsServiceUrl()),
                        option("admin_url", server.adminUrl()),
                        option("auth_plugin", "token"),
                        option("auth_token", server.token("admin")))) {
            assertThat(client.check(PulsarTestTopic.SCHEMA)).isEmpty();
            assertThat(client.open(PulsarTestTopic.writerIdentity("a")).lastSequence()).isZero();
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 10));
        }
    }

    @Test
    void reportsARemedyIfTheBrokerCreatesNoTopics() {
        Exception failure =
                openFailure(
                        "",
                        option("service_url", server.serviceUrl()),
                        option("auth_token", server.token("writer")));
        assertThat(failure)
                .hasMessageContaining("is not there and the broker makes none by itself")
                .hasMessageContaining("admin_url");
    }

    @Test
    void reportsAWrongTokenWithoutShowingIt() {
        String token = server.token("writer") + "x";
        Exception failure =
                openFailure(
                        "",
                        option("service_url", server.serviceUrl()),
                        option("auth_token", token));
        assertThat(kindOf(failure))
                .as(getStackTrace(failure))
                .isEqualTo(FailureKind.AUTHENTICATION);
        assertThat(failure).hasMessageContaining("does not let us in");
        assertThat(getStackTrace(failure)).doesNotContain(token);
    }

    @Test
    void reportsARoleWithoutRights() {
        Exception failure =
                openFailure(
                        "",
                        option("service_url", server.serviceUrl()),
                        option("auth_token", server.token("stranger")));
        assertThat(kindOf(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("needs produce and consume on the namespace");
    }

    @Test
    void reportsAMissingNamespace() {
        Exception failure =
                openFailure(
                        "nobody/nowhere",
                        option("service_url", server.serviceUrl()),
                        option("auth_token", server.token("admin")));
        assertThat(kindOf(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("nobody/nowhere");
    }

    @Test
    void reportsAnUntrustedCertificate() {
        Exception failure =
                openFailure(
                        "",
                        option("service_url", server.tlsServiceUrl()),
                        option("auth_token", server.token("admin")));
        assertThat(kindOf(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(failure).hasMessageContaining("check ssl_root_cert");
    }

    @Test
    void anUnreachableServerIsATransientError() throws Exception {
        // a port without a server: only root may listen there
        int port = 1;
        Exception failure = openFailure("", option("service_url", "pulsar://127.0.0.1:" + port));
        assertThat(kindOf(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith("pulsar://127.0.0.1:" + port + " cannot be reached: ")
                .hasMessageContaining("Connection refused")
                .message()
                .doesNotContain("Exception");
    }

    @Test
    void timesOutOnAnUnresponsiveServer() throws Exception {
        try (ServerSocket unresponsive = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String url = "pulsar://127.0.0.1:" + unresponsive.getLocalPort();
            Exception failure;
            try (PulsarDestinationClient client =
                    client("", TlsSpec.UNSET, Duration.ofSeconds(2), option("service_url", url))) {
                failure = catchException(() -> client.open(PulsarTestTopic.writerIdentity("a")));
            }
            assertThat(kindOf(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.TRANSIENT);
            assertThat(failure)
                    .hasMessage(url + " did not answer within 2 s when asked to connect");
        }
    }

    private static Exception openFailure(String namespace, EndpointOption... options) {
        try (PulsarDestinationClient client = client(namespace, TlsSpec.UNSET, options)) {
            return catchException(() -> client.open(PulsarTestTopic.writerIdentity("a")));
        }
    }

    private static FailureKind kindOf(Exception failure) {
        return client("", TlsSpec.UNSET).classify(failure);
    }

    private static PulsarDestinationClient client(
            String namespace, TlsSpec tls, EndpointOption... options) {
        return client(namespace, tls, PulsarTestTopic.TIMEOUT, options);
    }

    private static PulsarDestinationClient client(
            String namespace, TlsSpec tls, Duration timeout, EndpointOption... options) {
        EndpointSpec endpoint =
                new EndpointSpec(
                        "pulsar",
                        new ConnectionSpec(
                                "", 6650, namespace, "", Secret.NONE, tls, timeout, List.of()),
                        "",
                        "t" + System.nanoTime(),
                        List.of(options));
        return new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline());
    }

    private static EndpointOption option(String name, String value) {
        return new EndpointOption(name, new Secret(value));
    }
}
