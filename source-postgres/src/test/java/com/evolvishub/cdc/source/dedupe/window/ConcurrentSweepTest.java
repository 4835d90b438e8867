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

/** The eviction continues while the next poll reads. */
class ConcurrentSweepTest {

    private static final Column COLUMN =
            new Column("w", "w", new SqlType(20, "bigint", 'b', 'N'), false);

    /** More than the heap limit, so that some are in keyed state and are swept. */
    private static final int ROWS = 3 * SentRows.ON_HEAP;

    private static final long WINDOW = 10;

    private final List<ChangeRow> sent = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"by key", "by content"})
    void keepsRowsThatThePollAfterAnEndedTransactionReadsAgain(String rowIdentity)
            throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(COLUMN), rowIdentity.equals("by key") ? List.of(0) : List.of());
        DetectionTestHarness detection =
                new DetectionTestHarness(
                        byNumber(), DeleteWhen.NEVER, DetectionTestHarness.Image.EMPTY, false);
        // an open transaction may have written rows from 1 on
        begin(detection, schema, 1, 1);
        process(detection, new HighWatermarkCrossed(1));
        readRows(detection, schema, 1, ROWS);
        end(detection, 1);
        assertThat(sent).hasSize(ROWS);

        // the transaction has ended: its low watermark is released, and the poll reads from there
        begin(detection, schema, 2, DedupeWindow.NONE);
        readRows(detection, schema, 1, ROWS);
        end(detection, 2);

        assertThat(sent).hasSize(ROWS);
    }

    private void begin(
            DetectionTestHarness detection, RowSchema schema, long poll, long lowWatermark)
            throws Exception {
        process(detection, new PollStarted(poll, schema));
        long lowWatermarkPoll = lowWatermark == DedupeWindow.NONE ? DedupeWindow.NONE : 1;
        process(
                detection,
                new DedupeWindow(
                        poll,
                        WatermarkScale.NUMBER.name(),
                        false,
                        lowWatermark,
                        lowWatermarkPoll,
                        WINDOW));
    }

    private void readRows(DetectionTestHarness detection, RowSchema schema, int from, int to)
            throws Exception {
        for (int i = from; i <= to; i++) {
            byte[] cell = String.valueOf(i).getBytes(UTF_8);
            Operation operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
            process(detection, ChangeRow.of(operation, schema, cell, cell));
        }
    }

    private void end(DetectionTestHarness detection, long poll) throws Exception {
        process(detection, new PollEnded(poll, true, Instant.EPOCH));
    }

    private void process(DetectionTestHarness detection, PipelineElement element) throws Exception {
        assertThat(detection.process(element, sent::add)).isEmpty();
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
