package com.evolvishub.cdc.connectors.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaConnector;
import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.testing.kafka.KafkaListener;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication, authorization and encryption, against a broker that enforces all of them. */
@Timeout(120)
class KafkaSecurityITCase {

    private static final String PASSWORD = "s3cr;t 'p\u00e4ss\\w\u00f6rd'";

    private static KafkaServer kafka;

    private final List<DeadLetterStore> opened = new ArrayList<>();
    private KafkaTestTopic topic;

    @BeforeAll
    static void start() {
        ServerAvailability.require(
                () ->
                        kafka =
                                KafkaServer.builder()
                                        .user("writer", "letmein")
                                        .user("stranger", "letmein2")
                                        .user("reader", "letmein3")
                                        .start());
    }

    @AfterAll
    static void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @AfterEach
    void closeStores() {
        opened.forEach(DeadLetterStore::close);
    }

    @BeforeEach
    void freshTopic() throws Exception {
        topic = KafkaTestTopic.fresh(kafka.bootstrapServers());
        topic.create(1, Map.of());
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity("makes the ledger"));
        }
        allow("User:writer", topic.name());
    }

    /** The fewest rights that a writer needs if its topic and the progress topic exist. */
    private static void allow(String principal, String topic) throws Exception {
        List<AclBinding> rules = new ArrayList<>();
        rules.add(rule(principal, ResourceType.TOPIC, topic, AclOperation.WRITE));
        rules.add(
                rule(principal, ResourceType.TOPIC, KafkaProgressStore.TOPIC, AclOperation.WRITE));
        rules.add(rule(principal, ResourceType.TOPIC, KafkaProgressStore.TOPIC, AclOperation.READ));
        rules.add(
                new AclBinding(
                        new ResourcePattern(
                                ResourceType.TRANSACTIONAL_ID,
                                KafkaPipelineId.PREFIX,
                                PatternType.PREFIXED),
                        entry(principal, AclOperation.WRITE)));
        grant(rules);
    }

    private static void grant(List<AclBinding> rules) throws Exception {
        try (Admin admin = KafkaTestTopic.admin(kafka.bootstrapServers())) {
            admin.createAcls(rules).all().get();
            // the controller responds first, the broker applies the rules shortly after
            await().until(
                            () ->
                                    admin.describeAcls(AclBindingFilter.ANY)
                                            .values()
                                            .get()
                                            .containsAll(rules));
        }
    }

    private static AclBinding rule(
            String principal, ResourceType type, String name, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL), entry(principal, operation));
    }

    private static AccessControlEntry entry(String principal, AclOperation operation) {
        return new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW);
    }

    private KafkaTestTopic as(String user, String password, KafkaListener listener) {
        return topic.at(kafka.bootstrapServers(listener))
                .with("sasl_username", user)
                .with("sasl_password", password);
    }

    private static TlsSpec trusting() {
        return new TlsSpec("", "", "", kafka.certificate().toString());
    }

    private void assertWrites(KafkaTestTopic secured) throws Exception {
        try (KafkaDestinationClient client = secured.client()) {
            assertThat(client.check(TestPipeline.KEYLESS)).isEmpty();
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
            client.prepare(TestPipeline.KEYLESS);
            client.write(WriterLoop.rows(1, 10));
        }
        assertThat(topic.records()).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void writesWithTheFewestRightsNeeded(String mechanism) throws Exception {
        assertWrites(as("writer", "letmein", KafkaListener.SASL).with("sasl_mechanism", mechanism));
    }

    @Test
    void replaysDeadLettersWithTheDocumentedRights() throws Exception {
        String deadLetterTopic = topic.name() + ".dlq";
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
            client.prepare(TestPipeline.KEYED);
            client.writeDeadLetter(
                    TestPipeline.row(TestPipeline.KEYED, "1", "one").withSequence(1), "no");
        }
        KafkaTestTopic writer =
                as("writer", "letmein", KafkaListener.SASL).with("sasl_mechanism", "PLAIN");
        assertThat(deadLetters(writer, BadRowPolicy.QUARANTINE).listAfter("", 1)).isEmpty();
        assertThatThrownBy(() -> deadLetters(writer).listAfter("", 1))
                .isInstanceOf(DestinationException.class)
                .hasMessageContaining("no right to read and write topic " + deadLetterTopic);
        grant(deadLetterTopic, AclOperation.READ);
        DeadLetter deadLetter = deadLetters(writer).listAfter("", 1).get(0);
        assertThatThrownBy(
                        () ->
                                deadLetters(writer)
                                        .replay(deadLetter, ReplayPolicy.REFUSE_SUPERSEDED))
                .hasMessageContaining("no right to read and write topic " + topic.name());
        grant(deadLetterTopic, AclOperation.WRITE);
        grant(topic.name(), AclOperation.READ);

        assertThat(deadLetters(writer).replay(deadLetter, ReplayPolicy.REFUSE_SUPERSEDED))
                .isEmpty();

        assertThat(topic.records()).hasSize(1);
    }

    private DeadLetterStore deadLetters(KafkaTestTopic topic) {
        return deadLetters(topic, BadRowPolicy.DEAD_LETTER);
    }

    private DeadLetterStore deadLetters(KafkaTestTopic topic, BadRowPolicy onBadRow) {
        TestPipeline testPipeline = topic.testPipeline().with(onBadRow);
        DeadLetterStore store =
                new KafkaConnector().deadLetterStore(testPipeline.pipeline()).orElseThrow();
        opened.add(store);
        return store;
    }

    private static void grant(String topic, AclOperation operation) throws Exception {
        grant(List.of(rule("User:writer", ResourceType.TOPIC, topic, operation)));
    }

    @Test
    void writesOverTlsWithSasl() throws Exception {
        assertWrites(
                as("writer", "letmein", KafkaListener.SASL_TLS)
                        .with("sasl_mechanism", "SCRAM-SHA-512")
                        .with(trusting()));
    }

    @Test
    void writesAsTheUserOfItsClientCertificate() throws Exception {
        allow("User:CN=client", topic.name());
        assertWrites(
                topic.at(kafka.bootstrapServers(KafkaListener.TLS))
                        .with(
                                new TlsSpec(
                                        "verify-full",
                                        kafka.clientCertificate().toString(),
                                        kafka.clientKey().toString(),
                                        kafka.certificate().toString())));
    }

    @Test
    void rejectsAnUntrustedCertificate() {
        KafkaTestTopic secured =
                topic.at(kafka.bootstrapServers(KafkaListener.TLS))
                        .with(new TlsSpec("verify-full", "", "", ""));
        assertOpenFails(secured, "look at ssl_root_cert, ssl_cert, ssl_key and ssl_mode");
    }

    @Test
    void namesACertificateFileThatCannotBeRead() {
        KafkaTestTopic secured =
                topic.at(kafka.bootstrapServers(KafkaListener.TLS))
                        .with(new TlsSpec("", "", "", "/no/such/file.pem"));
        assertOpenFails(secured, "ssl_root_cert: cannot read /no/such/file.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
    void reportsAWrongPasswordWithoutShowingIt(String mechanism) {
        KafkaTestTopic wrong =
                as("writer", PASSWORD, KafkaListener.SASL).with("sasl_mechanism", mechanism);
        assertOpenFails(wrong, "does not let user \"writer\" in");
    }

    @Test
    void namesTheTopicWithoutTheRightToWrite() throws Exception {
        KafkaTestTopic denied = as("stranger", "letmein2", KafkaListener.SASL);
        assertOpenFails(
                denied,
                "user \"stranger\" has no right to write topic %s; allow it: kafka-acls --add"
                                .formatted(topic.name())
                        + " --allow-principal User:stranger --operation Write");
        try (KafkaDestinationClient client = denied.client()) {
            assertThatThrownBy(() -> client.check(TestPipeline.KEYLESS))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("no right to write topic " + topic.name());
        }
    }

    @Test
    void checkReportsAMissingRightToWrite() throws Exception {
        grant(
                List.of(
                        rule("User:reader", ResourceType.TOPIC, topic.name(), AclOperation.READ),
                        rule(
                                "User:reader",
                                ResourceType.TOPIC,
                                KafkaProgressStore.TOPIC,
                                AclOperation.READ)));
        try (KafkaDestinationClient client =
                as("reader", "letmein3", KafkaListener.SASL).client()) {
            assertThat(client.check(TestPipeline.KEYLESS))
                    .hasSize(2)
                    .allMatch(problem -> problem.contains("has no right to write topic"));
        }
    }

    @Test
    void namesTheTransactionalIdWithoutTheRightToWrite() throws Exception {
        grant(
                List.of(
                        rule("User:stranger", ResourceType.TOPIC, topic.name(), AclOperation.WRITE),
                        rule(
                                "User:stranger",
                                ResourceType.TOPIC,
                                KafkaProgressStore.TOPIC,
                                AclOperation.ALL)));
        assertOpenFails(
                as("stranger", "letmein2", KafkaListener.SASL),
                "--transactional-id evolvishub_cdc: --resource-pattern-type prefixed");
    }

    private static void assertOpenFails(KafkaTestTopic topic, String message) {
        try (KafkaDestinationClient client = topic.client()) {
            assertThatThrownBy(
                            () ->
                                    client.open(
                                            KafkaTestTopic.writerIdentity(
                                                    "file/" + topic.name(), "a")))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining(PASSWORD)
                    .hasMessageNotContaining("letmein");
        }
    }
}
