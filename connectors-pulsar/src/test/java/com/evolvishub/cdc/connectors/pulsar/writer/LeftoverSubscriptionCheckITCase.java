package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.LogCapture;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What mappings leave at a cluster, and which of it namespace policies delete. */
@Timeout(300)
class LeftoverSubscriptionCheckITCase {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);

    private static PulsarDestinationClient client(String mapping, EndpointSpec endpoint) {
        Pipeline template = TestPipeline.into(endpoint).pipeline();
        return new PulsarDestinationClient(
                new Pipeline("file/" + mapping, mapping, true, "worker-1", 0, template.deliver()));
    }

    private static WriterIdentity writerIdentity(String mapping) {
        return new WriterIdentity("file/" + mapping, "run", "writer", "host", mapping, false, 0);
    }

    @Test
    void namesEarlierMappingsOfTheTopicAndTheCommandsThatRemoveThem() throws Exception {
        try (PulsarDestinationClient old = client("old", topic.endpoint())) {
            old.open(writerIdentity("old"));
            old.prepare(PulsarTestTopic.SCHEMA);
            old.write(PulsarTestTopic.rows(1, 5));
        }
        String progressTopic = topic.progressTopics().get(0);
        String subscription =
                "evolvishub-cdc-" + progressTopic.substring(progressTopic.lastIndexOf('-') + 1);
        String full = "persistent://public/default/" + topic.name();
        String note =
                "topic %s: mapping file/old has written to it, and its subscription keeps all messages since from being deleted. If that mapping is gone: pulsar-admin topics unsubscribe --force --subscription %s %s && pulsar-admin topics delete --force persistent://public/default/%s"
                        .formatted(full, subscription, full, progressTopic);
        try (PulsarDestinationClient renamed = client("renamed", topic.endpoint());
                LogCapture log = LogCapture.of(LeftoverSubscriptionCheck.class)) {
            assertThat(renamed.notes(PulsarTestTopic.SCHEMA)).containsExactly(note);
            renamed.open(writerIdentity("renamed"));
            assertThat(log.lines()).containsExactly("WARN renamed: " + note);

            // the same requests to the admin API as those commands send
            String path = "/admin/v2/persistent/public/default/";
            PULSAR.admin(
                    "DELETE",
                    path + topic.name() + "/subscription/" + subscription + "?force=true",
                    "");
            PULSAR.admin("DELETE", path + progressTopic + "?force=true", "");

            await().untilAsserted(
                            () -> assertThat(renamed.notes(PulsarTestTopic.SCHEMA)).isEmpty());
            renamed.prepare(PulsarTestTopic.SCHEMA);
            renamed.write(PulsarTestTopic.rows(1, 5));
        }
    }

    @Test
    void rejectsATimeToLiveThatWouldDeleteItsProgressRecord() throws Exception {
        String namespace = "public/ttl-" + UUID.randomUUID();
        PULSAR.admin("PUT", "/admin/v2/namespaces/" + namespace, "");
        PULSAR.admin("POST", "/admin/v2/namespaces/" + namespace + "/messageTTL", "60");
        EndpointSpec endpoint = in(namespace);
        String progressTopic =
                new PulsarEndpoint(TestPipeline.into(endpoint).pipeline()).progressTopic();
        String problem =
                "a message's time to live of 60 s would end the record of how far this mapping is, in topic %s; except that topic: %spulsar-admin topicPolicies set-message-ttl --ttl 0 %s";
        String path = progressTopic.replace("persistent://", "/admin/v2/persistent/");
        try (PulsarDestinationClient client =
                new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline())) {
            // the admin API responds before the broker applies the policy
            await().untilAsserted(
                            () ->
                                    assertThat(client.check(PulsarTestTopic.SCHEMA))
                                            .containsExactly(
                                                    problem.formatted(
                                                            progressTopic,
                                                            "pulsar-admin topics create "
                                                                    + progressTopic
                                                                    + " && ",
                                                            progressTopic)));
            PULSAR.admin("PUT", path, "");
            await().untilAsserted(
                            () ->
                                    assertThat(client.check(PulsarTestTopic.SCHEMA))
                                            .containsExactly(
                                                    problem.formatted(
                                                            progressTopic, "", progressTopic)));
            assertThatThrownBy(() -> client.prepare(PulsarTestTopic.SCHEMA))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("time to live");

            PULSAR.admin("POST", path + "/messageTTL?messageTTL=0", "");

            await().untilAsserted(() -> assertThat(client.check(PulsarTestTopic.SCHEMA)).isEmpty());
        }
    }

    @Test
    void reportsPoliciesThatDeleteSubscriptions() throws Exception {
        String namespace = "public/expires-" + UUID.randomUUID();
        String policies = "/admin/v2/namespaces/" + namespace;
        PULSAR.admin("PUT", policies, "");
        EndpointSpec endpoint = in(namespace);
        try (PulsarDestinationClient client =
                new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline())) {
            assertThat(client.notes(PulsarTestTopic.SCHEMA)).isEmpty();
            PULSAR.admin("POST", policies + "/subscriptionExpirationTime", "30");
            PULSAR.admin(
                    "POST",
                    policies + "/backlogQuota",
                    "{\"limitSize\":1000000,\"policy\":\"consumer_backlog_eviction\"}");

            await().until(() -> client.notes(PulsarTestTopic.SCHEMA).size() == 2);
            assertThat(client.notes(PulsarTestTopic.SCHEMA))
                    .hasSize(2)
                    .anySatisfy(
                            note ->
                                    assertThat(note)
                                            .startsWith(
                                                    "namespace %s deletes subscriptions that nobody has used for 30 min"
                                                            .formatted(namespace)))
                    .anySatisfy(note -> assertThat(note).contains("consumer_backlog_eviction"));
        }
    }

    /** In other modes the pipeline's own subscription retains the topic. */
    @Test
    void reportsThatATransactionalTopicWithoutReadersIsDeleted() throws Exception {
        String namespace = "public/inactive-" + UUID.randomUUID();
        String policies = "/admin/v2/namespaces/" + namespace;
        PULSAR.admin("PUT", policies, "");
        TestPipeline testPipeline = TestPipeline.into(in(namespace));
        try (PulsarDestinationClient client = new PulsarDestinationClient(testPipeline.pipeline());
                PulsarDestinationClient transactional =
                        new PulsarDestinationClient(
                                testPipeline.with(DeliveryMode.TRANSACTIONAL).pipeline())) {
            assertThat(transactional.notes(PulsarTestTopic.SCHEMA)).isEmpty();
            PULSAR.admin(
                    "POST",
                    policies + "/inactiveTopicPolicies",
                    "{\"inactiveTopicDeleteMode\":\"delete_when_no_subscriptions\",\"maxInactiveDurationSeconds\":90,\"deleteWhileInactive\":true}");

            await().until(() -> !transactional.notes(PulsarTestTopic.SCHEMA).isEmpty());
            assertThat(transactional.notes(PulsarTestTopic.SCHEMA))
                    .singleElement()
                    .asString()
                    .contains("inactive for 90 s", "--disable-delete-while-inactive");
            assertThat(client.notes(PulsarTestTopic.SCHEMA)).isEmpty();
        }
    }

    private static EndpointSpec in(String namespace) {
        return new EndpointSpec(
                "pulsar",
                new ConnectionSpec(
                        PULSAR.host(),
                        PULSAR.port(),
                        namespace,
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        PulsarTestTopic.TIMEOUT,
                        List.of()),
                "",
                "orders",
                List.of(new EndpointOption("admin_url", new Secret(PULSAR.adminUrl()))));
    }
}
