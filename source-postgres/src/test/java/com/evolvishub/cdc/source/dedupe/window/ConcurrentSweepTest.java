package com.evolvishub.cdc.source.dedupe.window;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.dedupe.DetectionTestHarness;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tidying up goes on while the next poll reads. */
class ConcurrentSweepTest {

    private static final Column COLUMN =
            new Column("w", "w", new SqlType(20, "bigint", 'b', 'N'), false);

    /** More than lie on the heap, so that some lie in keyed state and are swept. */
    private static final int ROWS = 3 * SentRows.ON_HEAP;

    private static final long WINDOW = 10;

    private final List<ChangeRow> sent = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"by key", "by content"})
    void rowsThatThePollOfAnEndedTransactionShowsAgainAreKnown(String known) throws Exception {
        RowSchema schema =
                new RowSchema(List.of(COLUMN), known.equals("by key") ? List.of(0) : List.of());
        DetectionTestHarness detection =
                new DetectionTestHarness(
                        byNumber(), DeleteWhen.NEVER, DetectionTestHarness.Image.EMPTY, false);
        // a transaction is open that may have written from 1 on
        begin(detection, schema, 1, 1);
        take(detection, new HighWatermarkCrossed(1));
        show(detection, schema, 1, ROWS);
        end(detection, 1);
        assertThat(sent).hasSize(ROWS);

        // it has ended: nothing is pinned any more, and all is read from its floor on
        begin(detection, schema, 2, DedupeWindow.NONE);
        show(detection, schema, 1, ROWS);
        end(detection, 2);

        assertThat(sent).hasSize(ROWS);
    }

    private void begin(DetectionTestHarness detection, RowSchema schema, long poll, long floor)
            throws Exception {
        take(detection, new PollStarted(poll, schema));
        long floorPoll = floor == DedupeWindow.NONE ? DedupeWindow.NONE : 1;
        take(
                detection,
                new DedupeWindow(
                        poll, WatermarkScale.NUMBER.name(), false, floor, floorPoll, WINDOW));
    }

    private void show(DetectionTestHarness detection, RowSchema schema, int from, int to)
            throws Exception {
        for (int i = from; i <= to; i++) {
            byte[] cell = String.valueOf(i).getBytes(UTF_8);
            Operation operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
            take(detection, ChangeRow.of(operation, schema, cell, cell));
        }
    }

    private void end(DetectionTestHarness detection, long poll) throws Exception {
        take(detection, new PollEnded(poll, true, Instant.EPOCH));
    }

    private void take(DetectionTestHarness detection, PipelineElement element) throws Exception {
        assertThat(detection.take(element, sent::add)).isEmpty();
    }

    private static Capture byNumber() {
        return new Capture.ByWatermark(
                "w",
                WatermarkType.INTEGER,
                "",
                "",
                Duration.ofSeconds(10),
                (int) WINDOW,
                Duration.ZERO,
                NullWatermarkPolicy.IGNORE);
    }
}
