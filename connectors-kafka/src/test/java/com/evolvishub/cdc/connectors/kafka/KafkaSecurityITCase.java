package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.kafka.BrokerListener;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
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

/** Logins, rights and encryption, against a broker that looks at all of them. */
@Timeout(120)
class KafkaSecurityITCase {

    private static final String PASSWORD = "s3cr;t 'p\u00e4ss\\w\u00f6rd'";

    private static KafkaServer kafka;

    private final List<DeadLetters> opened = new ArrayList<>();
    private Topic topic;

    @BeforeAll
    static void start() {
        Availability.require(
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
    void closeLetters() {
        opened.forEach(DeadLetters::close);
    }

    @BeforeEach
    void freshTopic() throws Exception {
        topic = Topic.fresh(kafka.bootstrapServers());
        topic.create(1, Map.of());
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane("makes the ledger"));
        }
        allow("User:writer", topic.name());
    }

    /** The least that a writer needs where its topic and the ledger are there. */
    private static void allow(String principal, String topic) throws Exception {
        List<AclBinding> rules = new ArrayList<>();
        rules.add(rule(principal, ResourceType.TOPIC, topic, AclOperation.WRITE));
        rules.add(rule(principal, ResourceType.TOPIC, Ledger.TOPIC, AclOperation.WRITE));
        rules.add(rule(principal, ResourceType.TOPIC, Ledger.TOPIC, AclOperation.READ));
        rules.add(
                new AclBinding(
                        new ResourcePattern(
                                ResourceType.TRANSACTIONAL_ID,
                                LaneName.PREFIX,
                                PatternType.PREFIXED),
                        entry(principal, AclOperation.WRITE)));
        grant(rules);
    }

    private static void grant(List<AclBinding> rules) throws Exception {
        try (Admin admin = Topic.admin(kafka.bootstrapServers())) {
            admin.createAcls(rules).all().get();
            // the controller answers; the broker goes by them a moment later
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

    private Topic as(String user, String password, BrokerListener listener) {
        return topic.at(kafka.bootstrapServers(listener))
                .with("sasl_username", user)
                .with("sasl_password", password);
    }

    private static TlsSpec trusting() {
        return new TlsSpec("", "", "", kafka.certificate().toString());
    }

    private void writes(Topic through) throws Exception {
        try (KafkaBusClient client = through.client()) {
            assertThat(client.check(TestLane.KEYLESS)).isEmpty();
            client.open(Topic.lane("file/" + topic.name(), "a"));
            client.prepare(TestLane.KEYLESS);
            client.write(LaneLoop.rows(1, 10));
        }
        assertThat(topic.records()).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void writesWithTheLeastRightsThatWillDo(String mechanism) throws Exception {
        writes(as("writer", "letmein", BrokerListener.SASL).with("sasl_mechanism", mechanism));
    }

    @Test
    void replaysDeadLettersWithTheRightsThatThePageNames() throws Exception {
        String letters = topic.name() + ".dlq";
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane("file/" + topic.name(), "a"));
            client.prepare(TestLane.KEYED);
            client.writeDeadLetter(TestLane.row(TestLane.KEYED, "1", "one").numbered(1), "no");
        }
        Topic writer = as("writer", "letmein", BrokerListener.SASL).with("sasl_mechanism", "PLAIN");
        assertThat(letters(writer, OnBadRow.QUARANTINE).after("", 1)).isEmpty();
        assertThatThrownBy(() -> letters(writer).after("", 1))
                .isInstanceOf(DestinationException.class)
                .hasMessageContaining("no right to read and write topic " + letters);
        grant(letters, AclOperation.READ);
        DeadLetter letter = letters(writer).after("", 1).get(0);
        assertThatThrownBy(() -> letters(writer).replay(letter, ReplayRule.REFUSE_SUPERSEDED))
                .hasMessageContaining("no right to read and write topic " + topic.name());
        grant(letters, AclOperation.WRITE);
        grant(topic.name(), AclOperation.READ);

        assertThat(letters(writer).replay(letter, ReplayRule.REFUSE_SUPERSEDED)).isEmpty();

        assertThat(topic.records()).hasSize(1);
    }

    private DeadLetters letters(Topic through) {
        return letters(through, OnBadRow.DEAD_LETTER);
    }

    private DeadLetters letters(Topic through, OnBadRow onBadRow) {
        TestLane lane = through.lane().with(onBadRow);
        DeadLetters fresh = new KafkaConnector().deadLetters(lane.pipeline()).orElseThrow();
        opened.add(fresh);
        return fresh;
    }

    private static void grant(String topic, AclOperation operation) throws Exception {
        grant(List.of(rule("User:writer", ResourceType.TOPIC, topic, operation)));
    }

    @Test
    void writesOverTlsAndLogin() throws Exception {
        writes(
                as("writer", "letmein", BrokerListener.SASL_TLS)
                        .with("sasl_mechanism", "SCRAM-SHA-512")
                        .with(trusting()));
    }

    @Test
    void writesUnderTheNameOfItsCertificate() throws Exception {
        allow("User:CN=client", topic.name());
        writes(
                topic.at(kafka.bootstrapServers(BrokerListener.TLS))
                        .with(
                                new TlsSpec(
                                        "verify-full",
                                        kafka.clientCertificate().toString(),
                                        kafka.clientKey().toString(),
                                        kafka.certificate().toString())));
    }

    @Test
    void doesNotTrustACertificateThatItWasNotTold() {
        Topic secured =
                topic.at(kafka.bootstrapServers(BrokerListener.TLS))
                        .with(new TlsSpec("verify-full", "", "", ""));
        assertRefused(secured, "look at ssl_root_cert, ssl_cert, ssl_key and ssl_mode");
    }

    @Test
    void namesACertificateThatItCannotRead() {
        Topic secured =
                topic.at(kafka.bootstrapServers(BrokerListener.TLS))
                        .with(new TlsSpec("", "", "", "/no/such/file.pem"));
        assertRefused(secured, "ssl_root_cert: cannot read /no/such/file.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
    void tellsAWrongPasswordWithoutIt(String mechanism) {
        Topic wrong = as("writer", PASSWORD, BrokerListener.SASL).with("sasl_mechanism", mechanism);
        assertRefused(wrong, "does not let user \"writer\" in");
    }

    @Test
    void namesTheTopicThatItHasNoRightTo() throws Exception {
        Topic hidden = as("stranger", "letmein2", BrokerListener.SASL);
        assertRefused(
                hidden,
                "user \"stranger\" has no right to write topic %s; allow it: kafka-acls --add"
                                .formatted(topic.name())
                        + " --allow-principal User:stranger --operation Write");
        try (KafkaBusClient client = hidden.client()) {
            assertThatThrownBy(() -> client.check(TestLane.KEYLESS))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("no right to write topic " + topic.name());
        }
    }

    @Test
    void seesBeforehandThatItMayOnlyRead() throws Exception {
        grant(
                List.of(
                        rule("User:reader", ResourceType.TOPIC, topic.name(), AclOperation.READ),
                        rule("User:reader", ResourceType.TOPIC, Ledger.TOPIC, AclOperation.READ)));
        try (KafkaBusClient client = as("reader", "letmein3", BrokerListener.SASL).client()) {
            assertThat(client.check(TestLane.KEYLESS))
                    .hasSize(2)
                    .allMatch(problem -> problem.contains("has no right to write topic"));
        }
    }

    @Test
    void namesTheTransactionalIdThatItHasNoRightTo() throws Exception {
        grant(
                List.of(
                        rule("User:stranger", ResourceType.TOPIC, topic.name(), AclOperation.WRITE),
                        rule("User:stranger", ResourceType.TOPIC, Ledger.TOPIC, AclOperation.ALL)));
        assertRefused(
                as("stranger", "letmein2", BrokerListener.SASL),
                "--transactional-id evolvishub_cdc: --resource-pattern-type prefixed");
    }

    private static void assertRefused(Topic through, String message) {
        try (KafkaBusClient client = through.client()) {
            assertThatThrownBy(() -> client.open(Topic.lane("file/" + through.name(), "a")))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining(PASSWORD)
                    .hasMessageNotContaining("letmein");
        }
    }
}
