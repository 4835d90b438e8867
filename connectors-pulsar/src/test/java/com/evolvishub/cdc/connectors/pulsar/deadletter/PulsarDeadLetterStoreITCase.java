package com.evolvishub.cdc.connectors.pulsar.deadletter;

import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.REFUSE_SUPERSEDED;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.WRITE_SUPERSEDED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.pulsar.PulsarConnector;
import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class PulsarDeadLetterStoreITCase {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);
    private TestPipeline testPipeline = topic.testPipeline().with(BadRowPolicy.DEAD_LETTER);

    private PulsarDestinationClient opened(String run) throws Exception {
        PulsarDestinationClient client = topic.client(testPipeline);
        client.open(PulsarTestTopic.writerIdentity(run));
        client.prepare(PulsarTestTopic.SCHEMA);
        return client;
    }

    private static ChangeRow numbered(long sequence, String id, String name) {
        return TestPipeline.row(PulsarTestTopic.SCHEMA, id, name).withSequence(sequence);
    }

    private DeadLetterStore store() {
        return new PulsarConnector().deadLetterStore(testPipeline.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore store = store()) {
            return store.listAfter("", 100);
        }
    }

    /** Retries, since a client's connection ends shortly after the client. */
    private Optional<String> replayed(DeadLetter deadLetter, ReplayPolicy rule) {
        return await().ignoreException(DestinationException.class)
                .until(
                        () -> {
                            try (DeadLetterStore store = store()) {
                                return store.replay(deadLetter, rule);
                            }
                        },
                        result -> true);
    }

    private static String shown(Message<byte[]> message) {
        return message.getSequenceId() + " " + new String(message.getData(), UTF_8);
    }

    @Test
    void listsDeadLettersOldestFirstInPages() throws Exception {
        assertThat(all()).isEmpty();
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "2", "one"), "too large");
            client.writeDeadLetter(numbered(2, "2", "two"), "too large");
            client.writeDeadLetter(
                    TestPipeline.row(Operation.DELETE, PulsarTestTopic.SCHEMA, "4").withSequence(3),
                    "no");
        }
        try (DeadLetterStore store = store()) {
            List<DeadLetter> first = store.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).error()).isEqualTo("too large");
            assertThat(first.get(0).payload()).isEqualTo("{\"id\":2,\"name\":\"one\"}");
            assertThat(first.get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(first.get(1).superseded()).isEmpty();
            List<DeadLetter> page = store.listAfter(first.get(1).id(), 2);
            assertThat(page).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(page.get(0).payload()).isEqualTo("{\"id\":4}");
            assertThat(store.find(page.get(0).id())).contains(page.get(0));
            assertThat(store.find("no id")).isEmpty();
        }
    }

    @Test
    void replaysARowLikeADeliveredOneWhileTheJobIsStopped() throws Exception {
        topic.partitioned(2);
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.write(List.of(numbered(2, "2", "two")));
            DeadLetter deadLetter = all().get(0);
            try (DeadLetterStore store = store()) {
                assertThatThrownBy(() -> store.replay(deadLetter, REFUSE_SUPERSEDED))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("stop the job, replay, and start it again");
            }
        }
        DeadLetter deadLetter = all().get(0);

        assertThat(replayed(deadLetter, REFUSE_SUPERSEDED)).isEmpty();

        assertThat(replayed(deadLetter, REFUSE_SUPERSEDED)).contains("it is not there any more");
        assertThat(all()).isEmpty();
        try (PulsarDestinationClient next = topic.client(testPipeline)) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence()).isEqualTo(2);
            next.prepare(PulsarTestTopic.SCHEMA);
            next.write(List.of(numbered(3, "1", "one")));
        }
        Message<byte[]> replayedMessage = only(1);
        Message<byte[]> ordinary = only(3);
        assertThat(replayedMessage.getTopicName()).isEqualTo(ordinary.getTopicName());
        assertThat(replayedMessage.getKey()).isEqualTo(ordinary.getKey());
        assertThat(replayedMessage.getData()).isEqualTo(ordinary.getData());
        assertThat(replayedMessage.getProperties().keySet())
                .isEqualTo(ordinary.getProperties().keySet());
        assertThat(topic.sequences()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    private Message<byte[]> only(long sequence) throws Exception {
        return topic.messages().stream()
                .filter(message -> message.getSequenceId() == sequence)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryMode.class,
            names = {"EXACTLY_ONCE", "AT_LEAST_ONCE"})
    void rejectsASupersededRowUnlessForced(DeliveryMode mode) throws Exception {
        testPipeline = testPipeline.with(mode);
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.writeDeadLetter(numbered(2, "2", "other"), "no");
            client.write(List.of(numbered(3, "1", "newer")));
        }
        List<DeadLetter> both = all();

        assertThat(replayed(both.get(0), REFUSE_SUPERSEDED))
                .contains("row 3 of the same key came after it");
        assertThat(replayed(both.get(1), REFUSE_SUPERSEDED)).isEmpty();
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(1L);
        assertThat(replayed(both.get(0), WRITE_SUPERSEDED)).isEmpty();

        assertThat(all()).isEmpty();
        assertThat(topic.messages())
                .extracting(PulsarDeadLetterStoreITCase::shown)
                .containsExactly(
                        "3 {\"id\":1,\"name\":\"newer\"}",
                        "2 {\"id\":2,\"name\":\"other\"}",
                        "1 {\"id\":1,\"name\":\"older\"}");
    }

    @Test
    void anInterruptedReplayNeitherLosesNorDuplicatesTheRow() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        // the state after a replay that stopped before it wrote the outcome record
        Message<byte[]> deadLetter = topic.messages(topic.name() + ".dlq").get(0);
        awaitProducer(
                topic.name(),
                producer ->
                        producer.newMessage()
                                .key(deadLetter.getKey())
                                .properties(deadLetter.getProperties())
                                .value(deadLetter.getData())
                                .send());

        assertThat(replayed(all().get(0), REFUSE_SUPERSEDED)).isEmpty();

        assertThat(all()).isEmpty();
        assertThat(topic.messages()).hasSize(1);
    }

    @Test
    void doesNotWaitIfTheTopicHoldsNoMessageAsRecentAsTheDeadLetter() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.write(List.of(numbered(1, "1", "one")));
        }
        awaitProducer(
                topic.name() + ".dlq",
                producer ->
                        producer.newMessage()
                                .key("{\"id\":2}")
                                .property("op", "u")
                                .property("mapping", "orders")
                                .property("event_id", "file/orders:2")
                                .property("error", "no")
                                .property("time", Instant.now().plusSeconds(3600).toString())
                                .value("two".getBytes(UTF_8))
                                .send());

        assertThat(replayed(all().get(0), REFUSE_SUPERSEDED)).isEmpty();

        assertThat(topic.sequences()).containsExactly(1L, 2L);
    }

    private interface SendAction {
        void by(Producer<byte[]> producer) throws Exception;
    }

    /** Retries, since an exclusive producer ends shortly after its client. */
    private void awaitProducer(String name, SendAction action) {
        await().ignoreExceptions()
                .until(
                        () -> {
                            try (Producer<byte[]> producer =
                                    topic.plainClient().newProducer().topic(name).create()) {
                                action.by(producer);
                                return true;
                            }
                        });
    }

    @Test
    void aStartedJobTakesOverTheTopicFromAReplay() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
        }
        List<DeadLetter> both = all();
        try (DeadLetterStore store = store()) {
            await().ignoreException(DestinationException.class)
                    .until(() -> store.replay(both.get(0), REFUSE_SUPERSEDED).isEmpty());
            try (PulsarDestinationClient next = opened("b")) {
                assertThatThrownBy(() -> store.replay(both.get(1), REFUSE_SUPERSEDED))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageEndingWith(
                                "most likely because the job was started; the letter stays where it is");
                next.write(List.of(numbered(3, "3", "three")));
            }
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(topic.sequences()).containsExactly(1L, 3L);
    }

    @Test
    void dropsOneDeadLetterWhileTheJobRunsAndKeepsTheOthers() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
            try (DeadLetterStore store = store()) {
                DeadLetter one = store.listAfter("", 1).get(0);
                store.drop(one);
                store.drop(one);
                assertThat(store.listAfter(one.id(), 9))
                        .extracting(DeadLetter::sequence)
                        .containsExactly(2L);
                try (DeadLetterStore second = store()) {
                    assertThatThrownBy(() -> second.drop(one))
                            .hasMessage(
                                    "another replay or drop of this mapping's dead letters is at work");
                }
            }
            client.write(List.of(numbered(3, "3", "three")));
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(topic.sequences()).containsExactly(3L);
    }

    @Test
    void deadLettersAreRetainedBeyondThePipelinesPositions() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        String subscriptions =
                PULSAR.admin(
                        "GET",
                        "/admin/v2/persistent/public/default/"
                                + topic.name()
                                + ".dlq/subscriptions",
                        "");

        assertThat(subscriptions)
                .contains(new PulsarEndpoint(testPipeline.pipeline()).deadLetterSubscription());
    }
}
