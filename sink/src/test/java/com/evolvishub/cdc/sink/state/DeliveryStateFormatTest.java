package com.evolvishub.cdc.sink.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
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
                    new PipelineTotals(
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
                            41,
                            new SequenceHistory(List.of(new SequenceHistory.Segment(7, "a"))),
                            "i",
                            "t"),
                    new ResendBuffer.Tail(
                            40,
                            List.of(
                                    TestPipeline.row(TestPipeline.KEYLESS, "0", "z")
                                            .withSequence(41))),
                    "accepting run",
                    ReloadComparisonState.NONE,
                    List.of(
                            new PollStarted(4, TestPipeline.KEYED),
                            TestPipeline.row(Operation.INSERT, TestPipeline.KEYED, "1", "é\\t🐘")
                                    .withSequence(42),
                            TestPipeline.row(Operation.DELETE, TestPipeline.KEYED, "1")
                                    .withSequence(43),
                            new PollEnded(4, true, AS_OF),
                            ChangeRow.of(
                                            Operation.UPSERT,
                                            TestPipeline.KEYLESS,
                                            "2\tb".getBytes(StandardCharsets.UTF_8),
                                            "w".getBytes(StandardCharsets.UTF_8))
                                    .withRowId(new byte[] {1, -1})
                                    .withSequence(44)));

    @Test
    void restoresTheWrittenState() throws IOException {
        DeliveryState restored = deserialize(serialize(STATE));
        assertSame(restored, "queue", "resendable");
        assertThat(restored.resendable().above()).isEqualTo(40);
        assertThat(restored.resendable().rows().stream().map(DeliveryStateFormatTest::describe))
                .containsExactlyElementsOf(
                        STATE.resendable().rows().stream()
                                .map(DeliveryStateFormatTest::describe)
                                .toList());
    }

    @Test
    void restoresReleasedFormat1() throws IOException {
        try (InputStream resource = getClass().getResourceAsStream("/delivery-state-1.hex")) {
            String hex = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
            byte[] released = HexFormat.of().parseHex(hex.strip());
            DeliveryState restored = deserialize(released);
            assertThat(restored.acknowledged())
                    .isEqualTo(Progress.recorded(41, SequenceHistory.UNKNOWN, ""));
            assertThat(restored.resendable()).isEqualTo(ResendBuffer.Tail.none(41));
            assertSame(restored, "queue", "acknowledged", "resendable", "lossAcceptedByRun");
        }
    }

    @Test
    void keepsTypeDefinitions() throws IOException {
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
                        PipelineTotals.NONE,
                        Progress.NONE,
                        ResendBuffer.Tail.none(0),
                        "",
                        ReloadComparisonState.NONE,
                        List.of(new PollStarted(4, schema)));
        assertThat(((PollStarted) deserialize(serialize(state)).queue().get(0)).schema())
                .isEqualTo(schema);
    }

    @Test
    void rejectsAnUnknownFormat() {
        assertThatThrownBy(() -> deserialize(new byte[] {0, 0, 0, 5}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 5")
                .hasMessageContaining("reads formats 1 to 4");
    }

    private static void assertSame(DeliveryState restored, String... ignored) {
        assertThat(restored).usingRecursiveComparison().ignoringFields(ignored).isEqualTo(STATE);
        assertThat(restored.queue().stream().map(DeliveryStateFormatTest::describe))
                .containsExactlyElementsOf(
                        STATE.queue().stream().map(DeliveryStateFormatTest::describe).toList());
    }

    private static String describe(PipelineElement element) {
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

    private static byte[] serialize(DeliveryState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DeliveryStateFormat.write(state, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static DeliveryState deserialize(byte[] bytes) throws IOException {
        return DeliveryStateFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
