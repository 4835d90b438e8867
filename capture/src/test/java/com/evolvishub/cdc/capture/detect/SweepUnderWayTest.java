package com.evolvishub.cdc.capture.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tidying up goes on while the next poll reads. */
class SweepUnderWayTest {

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
        TestDetection detection =
                new TestDetection(byNumber(), DeleteWhen.NEVER, TestDetection.Image.EMPTY, false);
        // a transaction is open that may have written from 1 on
        begin(detection, schema, 1, 1);
        take(detection, new Frontier(1));
        show(detection, schema, 1, ROWS);
        end(detection, 1);
        assertThat(sent).hasSize(ROWS);

        // it has ended: nothing is pinned any more, and all is read from its floor on
        begin(detection, schema, 2, Retention.NONE);
        show(detection, schema, 1, ROWS);
        end(detection, 2);

        assertThat(sent).hasSize(ROWS);
    }

    private void begin(TestDetection detection, RowSchema schema, long poll, long floor)
            throws Exception {
        take(detection, new PollStarted(poll, schema));
        long floorPoll = floor == Retention.NONE ? Retention.NONE : 1;
        take(
                detection,
                new Retention(poll, WatermarkScale.NUMBER.name(), false, floor, floorPoll, WINDOW));
    }

    private void show(TestDetection detection, RowSchema schema, int from, int to)
            throws Exception {
        for (int i = from; i <= to; i++) {
            byte[] cell = String.valueOf(i).getBytes(UTF_8);
            Operation operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
            take(detection, ChangeRow.of(operation, schema, cell, cell));
        }
    }

    private void end(TestDetection detection, long poll) throws Exception {
        take(detection, new PollEnded(poll, true, Instant.EPOCH));
    }

    private void take(TestDetection detection, FlowElement element) throws Exception {
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
                NullWatermark.IGNORE);
    }
}
