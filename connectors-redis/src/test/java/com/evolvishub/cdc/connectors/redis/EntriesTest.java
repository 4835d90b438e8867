package com.evolvishub.cdc.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.PayloadException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EntriesTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final ChangeRow ROW = TestLane.row(TestLane.KEYED, "7", "Bea").numbered(12);

    private static MessageEncoder says(String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return row -> new BusMessage(Optional.empty(), Optional.of(bytes), List.of());
    }

    private static BusMessage refuses(ChangeRow row) throws PayloadException {
        throw new PayloadException("column name: no form for it");
    }

    private static List<String> texts(Entry entry) {
        return entry.fields().stream()
                .map(field -> new String(field, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void takesARowThatHasNoMessageForABadOne() {
        Entries entries = new Entries(EntriesTest::refuses, "file/orders", 100);

        assertThatThrownBy(() -> entries.of(List.of(ROW)))
                .isInstanceOf(BadRowException.class)
                .hasMessage("column name: no form for it");
    }

    @Test
    void keepsTheLineOfADeadLetterThatHasNoMessage() {
        Entries entries = new Entries(EntriesTest::refuses, "file/orders", 100);

        assertThat(texts(entries.deadLetter(ROW, "orders", "odd", NOON)))
                .containsExactly(
                        "mapping", "orders",
                        "error", "odd",
                        "time", "2026-01-02T12:00:00Z",
                        "op", "u",
                        "event_id", "file/orders:0000000000000000012",
                        "format", "copy",
                        "payload", "7\tBea");
    }

    @Test
    void keepsAllOfADeadLetterThatIsLongerThanAValueMayBe() {
        Entries entries = new Entries(says("x".repeat(100) + "y".repeat(100) + "z"), "id", 100);

        assertThat(texts(entries.deadLetter(ROW, "orders", "long", NOON)))
                .containsSubsequence(
                        "payload", "x".repeat(100),
                        "payload_2", "y".repeat(100),
                        "payload_3", "z");
    }

    @Test
    void takesAValueOfExactlyTheLongestLength() throws Exception {
        Entries entries = new Entries(says("x".repeat(100)), "file/orders", 100);

        assertThat(entries.of(List.of(ROW))).hasSize(1);
        Entries shorter = new Entries(says("x".repeat(101)), "file/orders", 100);
        assertThatThrownBy(() -> shorter.of(List.of(ROW))).isInstanceOf(BadRowException.class);
    }
}
