package com.evolvishub.cdc.connectors.redis.deadletter;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.lane;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.REFUSE_SUPERSEDED;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.WRITE_SUPERSEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.redis.RedisStreamsConnector;
import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RedisDeadLetterStoreITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private RedisTestStream destination;

    @BeforeEach
    void freshStream() {
        destination = RedisTestStream.at(REDIS);
    }

    private RedisDestinationClient opened() throws Exception {
        RedisDestinationClient client = destination.client();
        client.open(lane("a"));
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    private static ChangeRow numbered(long number, String id, String name) {
        return TestPipeline.row(TestPipeline.KEYED, id, name).withSequence(number);
    }

    private DeadLetterStore letters() {
        TestPipeline lane = TestPipeline.into(destination.endpoint());
        return new RedisStreamsConnector().deadLetterStore(lane.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore letters = letters()) {
            return letters.listAfter("", 100);
        }
    }

    private Optional<String> replayed(DeadLetter letter) throws Exception {
        try (DeadLetterStore letters = letters()) {
            return letters.replay(letter, REFUSE_SUPERSEDED);
        }
    }

    private String fields(String stream, String id) {
        String entry = REDIS.command("XRANGE", stream, id, id);
        return entry.substring(entry.indexOf('\n') + 1);
    }

    private List<String> ids(String stream) {
        return REDIS.command("XRANGE", stream, "-", "+")
                .lines()
                .filter(line -> line.matches("\\d{10,}-\\d+"))
                .toList();
    }

    @Test
    void showsWhatIsThereOldestFirstAndPageByPage() throws Exception {
        assertThat(all()).isEmpty();
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "2", "one"), "too long");
            client.writeDeadLetter(numbered(2, "2", "two"), "too long");
            client.writeDeadLetter(
                    TestPipeline.row(Operation.DELETE, TestPipeline.KEYED, "4").withSequence(3),
                    "no");
        }
        try (DeadLetterStore letters = letters()) {
            List<DeadLetter> first = letters.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).error()).isEqualTo("too long");
            assertThat(first.get(0).time()).isEqualTo(RedisTestStream.NOW);
            assertThat(first.get(0).payload()).isEqualTo("{\"id\":2,\"name\":\"one\"}");
            assertThat(first.get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(first.get(1).superseded()).isEmpty();
            List<DeadLetter> rest = letters.listAfter(first.get(1).id(), 2);
            assertThat(rest).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(rest.get(0).payload()).isEqualTo("{\"id\":4}");
            assertThat(letters.find(rest.get(0).id())).contains(rest.get(0));
            assertThat(letters.find("1-1")).isEmpty();
            assertThat(letters.find("no id")).isEmpty();
        }
    }

    @Test
    void writesARowAgainAsItWouldHaveBeenDeliveredWhileTheLaneGoesOn() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            DeadLetter letter = all().get(0);

            assertThat(replayed(letter)).isEmpty();

            assertThat(replayed(letter)).contains("it is not there any more");
            assertThat(all()).isEmpty();
            client.write(List.of(numbered(2, "1", "one")));
        }
        List<String> both = ids(destination.stream());
        assertThat(both).hasSize(2);
        assertThat(fields(destination.stream(), both.get(0)))
                .isEqualTo(
                        fields(destination.stream(), both.get(1))
                                .replace("0000000002", "0000000001"));
    }

    @Test
    void refusesARowWhoseKeyWasDeliveredSinceUnlessItIsForced() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.writeDeadLetter(numbered(2, "2", "other"), "no");
            client.write(List.of(numbered(3, "1", "newer")));
        }
        List<DeadLetter> both = all();
        try (DeadLetterStore letters = letters()) {
            assertThat(letters.replay(both.get(0), REFUSE_SUPERSEDED))
                    .contains("row 3 of the same key came after it");
            assertThat(letters.replay(both.get(1), REFUSE_SUPERSEDED)).isEmpty();
            assertThat(letters.listAfter("", 9))
                    .extracting(DeadLetter::sequence)
                    .containsExactly(1L);
            assertThat(letters.replay(both.get(0), WRITE_SUPERSEDED)).isEmpty();
            assertThat(letters.listAfter("", 9)).isEmpty();
        }
        assertThat(RedisTestStream.lines(REDIS, destination.stream()))
                .containsExactly("1\tnewer", "2\tother", "1\tolder");
    }

    @Test
    void writesNothingIfTheStreamHasMovedSinceItWasRead() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.write(List.of(numbered(2, "1", "newer")));
        }
        try (RedisDeadLetterStore letters = (RedisDeadLetterStore) letters()) {
            String id = letters.listAfter("", 1).get(0).id();
            DeadLetterMessage letter =
                    new DeadLetterMessage(
                            id, 1, Optional.empty(), Optional.of(new byte[0]), Map.of());

            assertThat(letters.tryReplay(letter, "0-0")).isEqualTo("moved");
        }
        assertThat(ids(destination.stream())).hasSize(1);
        assertThat(all()).hasSize(1);
    }

    @Test
    void onlyLetsGoOfALetterWhoseEntryIsThere() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        // what is left of a replay whose last command a crash has cut off
        REDIS.command(
                "XADD",
                destination.stream(),
                "*",
                "op",
                "u",
                "event_id",
                "file/orders:0000000000000000001",
                "key",
                "{\"id\":1}");

        assertThat(replayed(all().get(0))).isEmpty();

        assertThat(ids(destination.stream())).hasSize(1);
        assertThat(all()).isEmpty();
    }

    @Test
    void writesARowAgainThatWasTooLongOnceTheServerTakesIt() throws Exception {
        try (RedisServer small =
                RedisServer.builder().parameter("proto-max-bulk-len", "1048576").start()) {
            destination = RedisTestStream.at(small);
            try (RedisDestinationClient client = opened()) {
                client.writeDeadLetter(numbered(1, "1", "x".repeat(3 << 20)), "too long");
            }
            DeadLetter letter = all().get(0);
            assertThat(replayed(letter).orElseThrow())
                    .startsWith("refused again: its payload of 31457")
                    .endsWith("is above the limit of 1048576 (proto-max-bulk-len)");
            small.command("CONFIG", "SET", "proto-max-bulk-len", "9000000");

            assertThat(replayed(letter)).isEmpty();

            assertThat(RedisTestStream.lines(small, destination.stream()))
                    .containsExactly("1\t" + "x".repeat(3 << 20));
        }
    }

    @Test
    void dropsALetterForGoodAndKeepsTheOthers() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
        }
        try (DeadLetterStore letters = letters()) {
            DeadLetter one = letters.listAfter("", 1).get(0);
            letters.drop(one);
            letters.drop(one);
            assertThat(letters.listAfter(one.id(), 9))
                    .extracting(DeadLetter::sequence)
                    .containsExactly(2L);
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(ids(destination.stream())).isEmpty();
    }

    @Test
    void saysWhereNobodyAnswers() {
        destination = RedisTestStream.at("localhost", 1);

        assertThatThrownBy(this::all).hasMessageStartingWith("localhost:1: ");
    }
}
