package com.evolvishub.cdc.runtime.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PipelineElementSerializerTest {

    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            new Column(
                                    "id",
                                    "customer_id",
                                    new SqlType(20, "bigint", 'b', 'N'),
                                    false),
                            new Column(
                                    "mood",
                                    "mood",
                                    new SqlType(
                                            99,
                                            "app.mood",
                                            'e',
                                            'E',
                                            "app.mood",
                                            List.of(
                                                    new TypeDefinition(
                                                            "app.mood",
                                                            "CREATE TYPE app.mood AS ENUM ('"
                                                                    + "🐘".repeat(20_000)
                                                                    + "')"))),
                                    true)),
                    List.of(0));

    @Test
    void writesAndReadsPollMarkers() throws IOException {
        PollStarted started = new PollStarted(7, SCHEMA);
        PollEnded ended = new PollEnded(7, true, Instant.parse("2026-01-01T00:00:00.123456Z"));

        assertThat(written(started)).isEqualTo(started);
        assertThat(written(ended)).isEqualTo(ended);
        DedupeWindow window = new DedupeWindow(7, "TIME", true, -5, DedupeWindow.NONE, 10_000_000);
        assertThat(written(window)).isEqualTo(window);
        assertThat(written(new HighWatermarkCrossed(7))).isEqualTo(new HighWatermarkCrossed(7));
        SnapshotIntegrity integrity = new SnapshotIntegrity(7, true, "files", "policies", true);
        assertThat(written(integrity)).isEqualTo(integrity);
        PollPhaseStarted phase =
                new PollPhaseStarted(
                        7, PollPhaseStarted.Phase.KEY_LOOKUP, List.of("1\t2".getBytes(UTF_8)));
        assertThat(written(phase)).usingRecursiveComparison().isEqualTo(phase);
    }

    @Test
    void writesAndReadsARowWithAllFields() throws IOException {
        ChangeRow row =
                ChangeRow.of(
                                Operation.DELETE,
                                SCHEMA,
                                "1\t\\N".getBytes(UTF_8),
                                "9".getBytes(UTF_8))
                        .withRowId(new byte[] {1, 0, 2})
                        .withSequence(42);

        assertThat(written(row)).usingRecursiveComparison().isEqualTo(row);
    }

    @Test
    void passesElementsByReference() {
        ChangeRow row = ChangeRow.of(Operation.UPSERT, SCHEMA, CopyText.EMPTY, CopyText.EMPTY);

        assertThat(PipelineElementSerializer.INSTANCE.copy(row)).isSameAs(row);
    }

    @Test
    void rejectsAnUnknownFormat() {
        assertThatThrownBy(
                        () ->
                                new PipelineElementSerializerSnapshot()
                                        .readSnapshot(
                                                4,
                                                new DataInputDeserializer(),
                                                getClass().getClassLoader()))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot restore elements written in format 4; this build reads format 3");
    }

    private static PipelineElement written(PipelineElement element) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        PipelineElementSerializer.INSTANCE.serialize(element, out);
        return PipelineElementSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(out.getCopyOfBuffer()));
    }
}
