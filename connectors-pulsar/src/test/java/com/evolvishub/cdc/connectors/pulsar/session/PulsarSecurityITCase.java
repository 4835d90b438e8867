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

    private static PulsarServer guarded;

    @BeforeAll
    static void start() {
        ServerAvailability.require(
                () ->
                        guarded =
                                PulsarServer.builder()
                                        .withTokens()
                                        .withTls()
                                        .parameter("allowAutoTopicCreation", "false")
                                        .start());
        guarded.admin("POST", "/admin/v2/namespaces/public/default/permissions/writer", RIGHTS);
    }

    private static final String RIGHTS = "[\"produce\",\"consume\"]";

    @AfterAll
    static void stop() {
        if (guarded != null) {
            guarded.close();
        }
    }

    @Test
    void writesWithATokenOverTlsAndHasTopicsMadeByTheAdmin() throws Exception {
        TlsSpec tls = new TlsSpec("verify-full", "", "", guarded.certificate().toString());
        try (PulsarDestinationClient client =
                client(
                        "",
                        tls,
                        option("service_url", guarded.tlsServiceUrl()),
                        option("admin_url", guarded.adminUrl()),
                        option("auth_plugin", "token"),
                        option("auth_token", guarded.token("admin")))) {
            assertThat(client.check(PulsarTestTopic.SCHEMA)).isEmpty();
            assertThat(client.open(PulsarTestTopic.lane("a")).lastSequence()).isZero();
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 10));
        }
    }

    @Test
    void saysWhatToDoWhenTheBrokerMakesNoTopics() {
        Exception failure =
                opening(
                        "",
                        option("service_url", guarded.serviceUrl()),
                        option("auth_token", guarded.token("writer")));
        assertThat(failure)
                .hasMessageContaining("is not there and the broker makes none by itself")
                .hasMessageContaining("admin_url");
    }

    @Test
    void tellsAWrongTokenAndDoesNotShowIt() {
        String token = guarded.token("writer") + "x";
        Exception failure =
                opening(
                        "",
                        option("service_url", guarded.serviceUrl()),
                        option("auth_token", token));
        assertThat(classified(failure))
                .as(getStackTrace(failure))
                .isEqualTo(FailureKind.AUTHENTICATION);
        assertThat(failure).hasMessageContaining("does not let us in");
        assertThat(getStackTrace(failure)).doesNotContain(token);
    }

    @Test
    void tellsARoleWithoutRights() {
        Exception failure =
                opening(
                        "",
                        option("service_url", guarded.serviceUrl()),
                        option("auth_token", guarded.token("stranger")));
        assertThat(classified(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("needs produce and consume on the namespace");
    }

    @Test
    void tellsANamespaceThatIsNotThere() {
        Exception failure =
                opening(
                        "nobody/nowhere",
                        option("service_url", guarded.serviceUrl()),
                        option("auth_token", guarded.token("admin")));
        assertThat(classified(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("nobody/nowhere");
    }

    @Test
    void tellsACertificateThatItDoesNotTrust() {
        Exception failure =
                opening(
                        "",
                        option("service_url", guarded.tlsServiceUrl()),
                        option("auth_token", guarded.token("admin")));
        assertThat(classified(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(failure).hasMessageContaining("check ssl_root_cert");
    }

    @Test
    void takesAnAddressWithoutAServerForAnOutage() throws Exception {
        // a port that no server is given: only root may listen there
        int port = 1;
        Exception failure = opening("", option("service_url", "pulsar://127.0.0.1:" + port));
        assertThat(classified(failure)).as(getStackTrace(failure)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith("pulsar://127.0.0.1:" + port + " cannot be reached: ")
                .hasMessageContaining("Connection refused")
                .message()
                .doesNotContain("Exception");
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String url = "pulsar://127.0.0.1:" + mute.getLocalPort();
            Exception failure;
            try (PulsarDestinationClient client =
                    client("", TlsSpec.UNSET, Duration.ofSeconds(2), option("service_url", url))) {
                failure = catchException(() -> client.open(PulsarTestTopic.lane("a")));
            }
            assertThat(classified(failure))
                    .as(getStackTrace(failure))
                    .isEqualTo(FailureKind.TRANSIENT);
            assertThat(failure)
                    .hasMessage(url + " did not answer within 2 s when asked to connect");
        }
    }

    private static Exception opening(String namespace, EndpointOption... options) {
        try (PulsarDestinationClient client = client(namespace, TlsSpec.UNSET, options)) {
            return catchException(() -> client.open(PulsarTestTopic.lane("a")));
        }
    }

    private static FailureKind classified(Exception failure) {
        return client("", TlsSpec.UNSET).classify(failure);
    }

    private static PulsarDestinationClient client(
            String namespace, TlsSpec tls, EndpointOption... options) {
        return client(namespace, tls, PulsarTestTopic.PATIENCE, options);
    }

    private static PulsarDestinationClient client(
            String namespace, TlsSpec tls, Duration limit, EndpointOption... options) {
        EndpointSpec endpoint =
                new EndpointSpec(
                        "pulsar",
                        new ConnectionSpec(
                                "", 6650, namespace, "", Secret.NONE, tls, limit, List.of()),
                        "",
                        "t" + System.nanoTime(),
                        List.of(options));
        return new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline());
    }

    private static EndpointOption option(String name, String value) {
        return new EndpointOption(name, new Secret(value));
    }
}
