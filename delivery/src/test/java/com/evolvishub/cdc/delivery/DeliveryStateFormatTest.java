package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.flow.TypeDefinition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliveryStateFormatTest {

    private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05.123456Z");

    private static final DeliveryState STATE =
            new DeliveryState(
                    44,
                    true,
                    "run",
                    7,
                    3,
                    new LaneTotals(
                            1,
                            2,
                            3,
                            4,
                            5,
                            6,
                            7,
                            8,
                            9,
                            0,
                            0,
                            0,
                            "2026-01-01 00:00:00+00",
                            Optional.of(AS_OF),
                            Optional.empty()),
                    new Progress(
                            41, new Numbering(List.of(new Numbering.Segment(7, "a"))), "i", "t"),
                    new AcknowledgedRows.Tail(
                            40, List.of(TestLane.row(TestLane.KEYLESS, "0", "z").numbered(41))),
                    "accepting run",
                    LoadComparison.NONE,
                    List.of(
                            new PollStarted(4, TestLane.KEYED),
                            TestLane.row(Operation.INSERT, TestLane.KEYED, "1", "é\\t🐘")
                                    .numbered(42),
                            TestLane.row(Operation.DELETE, TestLane.KEYED, "1").numbered(43),
                            new PollEnded(4, true, AS_OF),
                            ChangeRow.of(
                                            Operation.UPSERT,
                                            TestLane.KEYLESS,
                                            "2\tb".getBytes(StandardCharsets.UTF_8),
                                            "w".getBytes(StandardCharsets.UTF_8))
                                    .withRowId(new byte[] {1, -1})
                                    .numbered(44)));

    @Test
    void restoresWhatItWrote() throws IOException {
        DeliveryState restored = read(written(STATE));
        assertSame(restored, "queue", "resendable");
        assertThat(restored.resendable().above()).isEqualTo(40);
        assertThat(restored.resendable().rows().stream().map(DeliveryStateFormatTest::shown))
                .containsExactlyElementsOf(
                        STATE.resendable().rows().stream()
                                .map(DeliveryStateFormatTest::shown)
                                .toList());
    }

    @Test
    void restoresFormat1AsItWasReleased() throws IOException {
        try (InputStream resource = getClass().getResourceAsStream("/delivery-state-1.hex")) {
            String hex = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
            byte[] released = HexFormat.of().parseHex(hex.strip());
            DeliveryState restored = read(released);
            assertThat(restored.acknowledged())
                    .isEqualTo(Progress.recorded(41, Numbering.UNKNOWN, ""));
            assertThat(restored.resendable()).isEqualTo(AcknowledgedRows.Tail.none(41));
            assertSame(restored, "queue", "acknowledged", "resendable", "lossAcceptedBy");
        }
    }

    @Test
    void keepsWhatATypeIsMadeOf() throws IOException {
        SqlType type =
                new SqlType(
                        70_000,
                        "app.grade",
                        'd',
                        'N',
                        "integer",
                        List.of(
                                new TypeDefinition(
                                        "app.grade",
                                        "CREATE DOMAIN app.grade AS integer CHECK (VALUE > 0)")));
        RowSchema schema =
                new RowSchema(List.of(new Column("grade", "grade", type, true)), List.of());
        DeliveryState state =
                new DeliveryState(
                        42,
                        false,
                        "run 7",
                        3,
                        4,
                        LaneTotals.NONE,
                        Progress.NONE,
                        AcknowledgedRows.Tail.none(0),
                        "",
                        LoadComparison.NONE,
                        List.of(new PollStarted(4, schema)));
        assertThat(((PollStarted) read(written(state)).queue().get(0)).schema()).isEqualTo(schema);
    }

    @Test
    void refusesAFormatItDoesNotKnow() {
        assertThatThrownBy(() -> read(new byte[] {0, 0, 0, 5}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 5")
                .hasMessageContaining("reads formats 1 to 4");
    }

    private static void assertSame(DeliveryState restored, String... ignored) {
        assertThat(restored).usingRecursiveComparison().ignoringFields(ignored).isEqualTo(STATE);
        assertThat(restored.queue().stream().map(DeliveryStateFormatTest::shown))
                .containsExactlyElementsOf(
                        STATE.queue().stream().map(DeliveryStateFormatTest::shown).toList());
    }

    private static String shown(FlowElement element) {
        if (element instanceof ChangeRow row) {
            return String.join(
                    "|",
                    row.operation().name(),
                    row.schema().toString(),
                    new String(row.line(), StandardCharsets.UTF_8),
                    HexFormat.of().formatHex(row.rowId()),
                    new String(row.watermark(), StandardCharsets.UTF_8),
                    Long.toString(row.sequence()));
        }
        return element.toString();
    }

    private static byte[] written(DeliveryState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DeliveryStateFormat.write(state, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static DeliveryState read(byte[] bytes) throws IOException {
        return DeliveryStateFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
