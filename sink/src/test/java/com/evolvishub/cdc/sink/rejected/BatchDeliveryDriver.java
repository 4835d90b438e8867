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
 * Writes rows to a client in batches as delivery does, on the test's thread. Its clock advances
 * only while a row waits.
 */
public final class BatchDeliveryDriver
        implements BisectingBatchWriter.Outcome, ConstraintRetry.Outcome, ConstraintRetry.Rows {

    private static final class ManualClock extends Clock {
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

    private final ManualClock clock = new ManualClock();
    private final Instant start = clock.instant();
    private final List<ChangeRow> sendable = new ArrayList<>();
    private final List<ChangeRow> withheld = new ArrayList<>();
    private final List<String> causes = new ArrayList<>();
    private final BisectingBatchWriter batchWriter;
    private final DestinationClient client;
    private Runnable meanwhile = () -> {};
    private long lastSequence;
    private int written;
    private int deadLetters;

    /**
     * Creates a driver for an open client; {@code refusalWait} is the maximum wait of a rejected
     * row.
     */
    public BatchDeliveryDriver(
            Pipeline pipeline, DestinationClient client, long lastNumber, Duration refusalWait) {
        this.client = client;
        this.lastSequence = lastNumber;
        this.batchWriter =
                new BisectingBatchWriter(
                        pipeline, this, new ConstraintRetry(this, this, refusalWait, clock));
    }

    /** Adds rows of a completed checkpoint. */
    public BatchDeliveryDriver queue(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            sendable.add(row.withSequence(++lastSequence));
        }
        return this;
    }

    /** Adds rows of a checkpoint that completes at the next wait. */
    public BatchDeliveryDriver later(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            withheld.add(row.withSequence(++lastSequence));
        }
        return this;
    }

    /** Sets the action to run at each wait. */
    public BatchDeliveryDriver meanwhile(Runnable event) {
        meanwhile = event;
        return this;
    }

    /** Sends all rows that can be sent, in batches of {@code batchRows} rows. */
    public void deliver(int batchRows) throws Exception {
        while (!sendable.isEmpty()) {
            List<ChangeRow> batch =
                    List.copyOf(sendable.subList(0, Math.min(batchRows, sendable.size())));
            client.prepare(batch.get(0).schema());
            try {
                batchWriter.write(client, batch);
            } catch (PostponedRowException postponed) {
                batchWriter.retryPostponed(client, postponed);
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
        return deadLetters;
    }

    /** Total time that rows have waited. */
    public Duration waited() {
        return Duration.between(start, clock.instant());
    }

    /** The causes that were reported while waiting. */
    public List<String> causes() {
        return List.copyOf(causes);
    }

    @Override
    public List<ChangeRow> sendable() {
        return List.copyOf(sendable);
    }

    @Override
    public void awaitMoreSendable(Duration timeout) {
        sendable.addAll(withheld);
        withheld.clear();
        meanwhile.run();
        clock.now = clock.now.plus(timeout);
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
        deadLetters++;
        sendable.remove(0);
    }

    @Override
    public void onRejected() {}
}
