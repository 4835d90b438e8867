package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings rows to a client as delivery does, batch by batch, on the test's own thread. Time passes
 * only while rows are waited for.
 */
public final class BatchDeliveryDriver
        implements BisectingBatchWriter.Outcome, ConstraintRetry.Outcome, ConstraintRetry.Rows {

    private static final class PassingTime extends Clock {
        private Instant now = Instant.parse("2026-01-02T03:04:05Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private final PassingTime clock = new PassingTime();
    private final Instant begin = clock.instant();
    private final List<ChangeRow> sendable = new ArrayList<>();
    private final List<ChangeRow> withheld = new ArrayList<>();
    private final List<String> causes = new ArrayList<>();
    private final BisectingBatchWriter badRows;
    private final DestinationClient client;
    private Runnable meanwhile = () -> {};
    private long number;
    private int written;
    private int buried;

    /** For rows that wait for so long. The client is open. */
    public BatchDeliveryDriver(
            Pipeline pipeline, DestinationClient client, long lastNumber, Duration refusalWait) {
        this.client = client;
        this.number = lastNumber;
        this.badRows =
                new BisectingBatchWriter(
                        pipeline, this, new ConstraintRetry(this, this, refusalWait, clock));
    }

    /** Rows that a completed checkpoint holds. */
    public BatchDeliveryDriver queue(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            sendable.add(row.withSequence(++number));
        }
        return this;
    }

    /** Rows that a checkpoint will hold that is complete when something has waited for it. */
    public BatchDeliveryDriver later(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            withheld.add(row.withSequence(++number));
        }
        return this;
    }

    /** What happens when something waits. */
    public BatchDeliveryDriver meanwhile(Runnable event) {
        meanwhile = event;
        return this;
    }

    /** Sends all that can be sent, in batches of so many rows. */
    public void deliver(int batchRows) throws Exception {
        while (!sendable.isEmpty()) {
            List<ChangeRow> batch =
                    List.copyOf(sendable.subList(0, Math.min(batchRows, sendable.size())));
            client.prepare(batch.get(0).schema());
            try {
                badRows.write(client, batch);
            } catch (PostponedRowException postponed) {
                badRows.retryPostponed(client, postponed);
            }
            if (sendable.isEmpty()) {
                sendable.addAll(withheld);
                withheld.clear();
            }
        }
    }

    public int rowsWritten() {
        return written;
    }

    public int deadLetters() {
        return buried;
    }

    /** How long rows were waited for. */
    public Duration waited() {
        return Duration.between(begin, clock.instant());
    }

    /** What the status said meanwhile. */
    public List<String> causes() {
        return List.copyOf(causes);
    }

    @Override
    public List<ChangeRow> sendable() {
        return List.copyOf(sendable);
    }

    @Override
    public void awaitMoreSendable(Duration atMost) {
        sendable.addAll(withheld);
        withheld.clear();
        meanwhile.run();
        clock.now = clock.now.plus(atMost);
    }

    @Override
    public void onWritten(List<ChangeRow> rows) {
        written += rows.size();
        sendable.subList(0, rows.size()).clear();
    }

    @Override
    public void onWaiting(String cause, Instant until) {
        causes.add(cause);
    }

    @Override
    public void onDeadLettered(ChangeRow row) {
        buried++;
        sendable.remove(0);
    }

    @Override
    public void onRejected() {}
}
