package com.evolvishub.cdc.connectors.redis.deadletter;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
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
        client.open(writerIdentity("a"));
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    private static ChangeRow numbered(long sequence, String id, String name) {
        return TestPipeline.row(TestPipeline.KEYED, id, name).withSequence(sequence);
    }

    private DeadLetterStore store() {
        TestPipeline testPipeline = TestPipeline.into(destination.endpoint());
        return new RedisStreamsConnector().deadLetterStore(testPipeline.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore store = store()) {
            return store.listAfter("", 100);
        }
    }

    private Optional<String> replayed(DeadLetter deadLetter) throws Exception {
        try (DeadLetterStore store = store()) {
            return store.replay(deadLetter, REFUSE_SUPERSEDED);
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
    void listsDeadLettersOldestFirstInPages() throws Exception {
        assertThat(all()).isEmpty();
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "2", "one"), "too long");
            client.writeDeadLetter(numbered(2, "2", "two"), "too long");
            client.writeDeadLetter(
                    TestPipeline.row(Operation.DELETE, TestPipeline.KEYED, "4").withSequence(3),
                    "no");
        }
        try (DeadLetterStore store = store()) {
            List<DeadLetter> first = store.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).error()).isEqualTo("too long");
            assertThat(first.get(0).time()).isEqualTo(RedisTestStream.NOW);
            assertThat(first.get(0).payload()).isEqualTo("{\"id\":2,\"name\":\"one\"}");
            assertThat(first.get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(first.get(1).superseded()).isEmpty();
            List<DeadLetter> page = store.listAfter(first.get(1).id(), 2);
            assertThat(page).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(page.get(0).payload()).isEqualTo("{\"id\":4}");
            assertThat(store.find(page.get(0).id())).contains(page.get(0));
            assertThat(store.find("1-1")).isEmpty();
            assertThat(store.find("no id")).isEmpty();
        }
    }

    @Test
    void replaysARowLikeADeliveredOneWhileThePipelineKeepsRunning() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            DeadLetter deadLetter = all().get(0);

            assertThat(replayed(deadLetter)).isEmpty();

            assertThat(replayed(deadLetter)).contains("it is not there any more");
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
    void rejectsASupersededRowUnlessForced() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.writeDeadLetter(numbered(2, "2", "other"), "no");
            client.write(List.of(numbered(3, "1", "newer")));
        }
        List<DeadLetter> both = all();
        try (DeadLetterStore store = store()) {
            assertThat(store.replay(both.get(0), REFUSE_SUPERSEDED))
                    .contains("row 3 of the same key came after it");
            assertThat(store.replay(both.get(1), REFUSE_SUPERSEDED)).isEmpty();
            assertThat(store.listAfter("", 9)).extracting(DeadLetter::sequence).containsExactly(1L);
            assertThat(store.replay(both.get(0), WRITE_SUPERSEDED)).isEmpty();
            assertThat(store.listAfter("", 9)).isEmpty();
        }
        assertThat(RedisTestStream.lines(REDIS, destination.stream()))
                .containsExactly("1\tnewer", "2\tother", "1\tolder");
    }

    @Test
    void replaysNothingIfTheStreamHasNewEntries() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.write(List.of(numbered(2, "1", "newer")));
        }
        try (RedisDeadLetterStore store = (RedisDeadLetterStore) store()) {
            String id = store.listAfter("", 1).get(0).id();
            DeadLetterMessage deadLetter =
                    new DeadLetterMessage(
                            id, 1, Optional.empty(), Optional.of(new byte[0]), Map.of());

            assertThat(store.tryReplay(deadLetter, "0-0")).isEqualTo("moved");
        }
        assertThat(ids(destination.stream())).hasSize(1);
        assertThat(all()).hasSize(1);
    }

    @Test
    void onlyDeletesADeadLetterWhoseEntryWasDelivered() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        // the state after a crash before the last command of a replay
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
    void replaysAnOversizedRowOnceTheServerAcceptsIt() throws Exception {
        try (RedisServer small =
                RedisServer.builder().parameter("proto-max-bulk-len", "1048576").start()) {
            destination = RedisTestStream.at(small);
            try (RedisDestinationClient client = opened()) {
                client.writeDeadLetter(numbered(1, "1", "x".repeat(3 << 20)), "too long");
            }
            DeadLetter deadLetter = all().get(0);
            assertThat(replayed(deadLetter).orElseThrow())
                    .startsWith("refused again: its payload of 31457")
                    .endsWith("is above the limit of 1048576 (proto-max-bulk-len)");
            small.command("CONFIG", "SET", "proto-max-bulk-len", "9000000");

            assertThat(replayed(deadLetter)).isEmpty();

            assertThat(RedisTestStream.lines(small, destination.stream()))
                    .containsExactly("1\t" + "x".repeat(3 << 20));
        }
    }

    @Test
    void dropsOneDeadLetterAndKeepsTheOthers() throws Exception {
        try (RedisDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
        }
        try (DeadLetterStore store = store()) {
            DeadLetter one = store.listAfter("", 1).get(0);
            store.drop(one);
            store.drop(one);
            assertThat(store.listAfter(one.id(), 9))
                    .extracting(DeadLetter::sequence)
                    .containsExactly(2L);
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(ids(destination.stream())).isEmpty();
    }

    @Test
    void namesTheAddressThatDoesNotRespond() {
        destination = RedisTestStream.at("localhost", 1);

        assertThatThrownBy(this::all).hasMessageStartingWith("localhost:1: ");
    }
}
