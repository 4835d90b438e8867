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
    private TestPipeline lane = topic.lane().with(BadRowPolicy.DEAD_LETTER);

    private PulsarDestinationClient opened(String run) throws Exception {
        PulsarDestinationClient client = topic.client(lane);
        client.open(PulsarTestTopic.lane(run));
        client.prepare(PulsarTestTopic.SCHEMA);
        return client;
    }

    private static ChangeRow numbered(long number, String id, String name) {
        return TestPipeline.row(PulsarTestTopic.SCHEMA, id, name).withSequence(number);
    }

    private DeadLetterStore letters() {
        return new PulsarConnector().deadLetterStore(lane.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore letters = letters()) {
            return letters.listAfter("", 100);
        }
    }

    /** A client's connection lasts a moment longer than the client. */
    private Optional<String> replayed(DeadLetter letter, ReplayPolicy rule) {
        return await().ignoreException(DestinationException.class)
                .until(
                        () -> {
                            try (DeadLetterStore letters = letters()) {
                                return letters.replay(letter, rule);
                            }
                        },
                        answer -> true);
    }

    private static String shown(Message<byte[]> message) {
        return message.getSequenceId() + " " + new String(message.getData(), UTF_8);
    }

    @Test
    void showsWhatIsThereOldestFirstAndPageByPage() throws Exception {
        assertThat(all()).isEmpty();
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "2", "one"), "too large");
            client.writeDeadLetter(numbered(2, "2", "two"), "too large");
            client.writeDeadLetter(
                    TestPipeline.row(Operation.DELETE, PulsarTestTopic.SCHEMA, "4").withSequence(3),
                    "no");
        }
        try (DeadLetterStore letters = letters()) {
            List<DeadLetter> first = letters.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).error()).isEqualTo("too large");
            assertThat(first.get(0).payload()).isEqualTo("{\"id\":2,\"name\":\"one\"}");
            assertThat(first.get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(first.get(1).superseded()).isEmpty();
            List<DeadLetter> rest = letters.listAfter(first.get(1).id(), 2);
            assertThat(rest).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(rest.get(0).payload()).isEqualTo("{\"id\":4}");
            assertThat(letters.find(rest.get(0).id())).contains(rest.get(0));
            assertThat(letters.find("no id")).isEmpty();
        }
    }

    @Test
    void writesARowAgainAsItWouldHaveBeenDeliveredWhileTheJobRests() throws Exception {
        topic.partitioned(2);
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.write(List.of(numbered(2, "2", "two")));
            DeadLetter letter = all().get(0);
            try (DeadLetterStore letters = letters()) {
                assertThatThrownBy(() -> letters.replay(letter, REFUSE_SUPERSEDED))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("stop the job, replay, and start it again");
            }
        }
        DeadLetter letter = all().get(0);

        assertThat(replayed(letter, REFUSE_SUPERSEDED)).isEmpty();

        assertThat(replayed(letter, REFUSE_SUPERSEDED)).contains("it is not there any more");
        assertThat(all()).isEmpty();
        try (PulsarDestinationClient next = topic.client(lane)) {
            assertThat(next.open(PulsarTestTopic.lane("b")).lastSequence()).isEqualTo(2);
            next.prepare(PulsarTestTopic.SCHEMA);
            next.write(List.of(numbered(3, "1", "one")));
        }
        Message<byte[]> again = only(1);
        Message<byte[]> ordinary = only(3);
        assertThat(again.getTopicName()).isEqualTo(ordinary.getTopicName());
        assertThat(again.getKey()).isEqualTo(ordinary.getKey());
        assertThat(again.getData()).isEqualTo(ordinary.getData());
        assertThat(again.getProperties().keySet()).isEqualTo(ordinary.getProperties().keySet());
        assertThat(topic.numbers()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    private Message<byte[]> only(long number) throws Exception {
        return topic.messages().stream()
                .filter(message -> message.getSequenceId() == number)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryMode.class,
            names = {"EXACTLY_ONCE", "AT_LEAST_ONCE"})
    void refusesARowWhoseKeyWasDeliveredSinceUnlessItIsForced(DeliveryMode mode) throws Exception {
        lane = lane.with(mode);
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
    void aReplayThatDiesHalfwayNeitherLosesNorDoublesTheRow() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        // what is left of a replay that died before it marked the letter
        Message<byte[]> letter = topic.messages(topic.name() + ".dlq").get(0);
        awaitProducer(
                topic.name(),
                dead ->
                        dead.newMessage()
                                .key(letter.getKey())
                                .properties(letter.getProperties())
                                .value(letter.getData())
                                .send());

        assertThat(replayed(all().get(0), REFUSE_SUPERSEDED)).isEmpty();

        assertThat(all()).isEmpty();
        assertThat(topic.messages()).hasSize(1);
    }

    @Test
    void doesNotWaitWhereTheTopicHoldsNothingAsYoungAsTheLetter() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.write(List.of(numbered(1, "1", "one")));
        }
        awaitProducer(
                topic.name() + ".dlq",
                letters ->
                        letters.newMessage()
                                .key("{\"id\":2}")
                                .property("op", "u")
                                .property("mapping", "orders")
                                .property("event_id", "file/orders:2")
                                .property("error", "no")
                                .property("time", Instant.now().plusSeconds(3600).toString())
                                .value("two".getBytes(UTF_8))
                                .send());

        assertThat(replayed(all().get(0), REFUSE_SUPERSEDED)).isEmpty();

        assertThat(topic.numbers()).containsExactly(1L, 2L);
    }

    private interface Sending {
        void by(Producer<byte[]> producer) throws Exception;
    }

    /** Whoever had the topic for itself has it a moment longer than its client. */
    private void awaitProducer(String of, Sending sending) {
        await().ignoreExceptions()
                .until(
                        () -> {
                            try (Producer<byte[]> producer =
                                    topic.plainClient().newProducer().topic(of).create()) {
                                sending.by(producer);
                                return true;
                            }
                        });
    }

    @Test
    void aJobThatIsStartedTakesTheTopicBackFromAReplay() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
        }
        List<DeadLetter> both = all();
        try (DeadLetterStore letters = letters()) {
            await().ignoreException(DestinationException.class)
                    .until(() -> letters.replay(both.get(0), REFUSE_SUPERSEDED).isEmpty());
            try (PulsarDestinationClient next = opened("b")) {
                assertThatThrownBy(() -> letters.replay(both.get(1), REFUSE_SUPERSEDED))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageEndingWith(
                                "most likely because the job was started; the letter stays where it is");
                next.write(List.of(numbered(3, "3", "three")));
            }
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(topic.numbers()).containsExactly(1L, 3L);
    }

    @Test
    void dropsALetterForGoodWhileTheJobRunsAndKeepsTheOthers() throws Exception {
        try (PulsarDestinationClient client = opened("a")) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
            try (DeadLetterStore letters = letters()) {
                DeadLetter one = letters.listAfter("", 1).get(0);
                letters.drop(one);
                letters.drop(one);
                assertThat(letters.listAfter(one.id(), 9))
                        .extracting(DeadLetter::sequence)
                        .containsExactly(2L);
                try (DeadLetterStore second = letters()) {
                    assertThatThrownBy(() -> second.drop(one))
                            .hasMessage(
                                    "another replay or drop of this mapping's dead letters is at work");
                }
            }
            client.write(List.of(numbered(3, "3", "three")));
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(topic.numbers()).containsExactly(3L);
    }

    @Test
    void lettersOutliveTheLanesOwnMarks() throws Exception {
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
                .contains(new PulsarEndpoint(lane.pipeline()).deadLetterSubscription());
    }
}
