package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.planner.physical.Pipeline;
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
public final class BatchDelivery implements BadRows.Outcome, RefusedRows.Outcome, RefusedRows.Rows {

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
    private final BadRows badRows;
    private final DestinationClient client;
    private Runnable meanwhile = () -> {};
    private long number;
    private int written;
    private int buried;

    /** For rows that wait for so long. The client is open. */
    public BatchDelivery(
            Pipeline pipeline, DestinationClient client, long lastNumber, Duration refusalWait) {
        this.client = client;
        this.number = lastNumber;
        this.badRows = new BadRows(pipeline, this, new RefusedRows(this, this, refusalWait, clock));
    }

    /** Rows that a completed checkpoint holds. */
    public BatchDelivery queue(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            sendable.add(row.numbered(++number));
        }
        return this;
    }

    /** Rows that a checkpoint will hold that is complete when something has waited for it. */
    public BatchDelivery later(ChangeRow... rows) {
        for (ChangeRow row : rows) {
            withheld.add(row.numbered(++number));
        }
        return this;
    }

    /** What happens when something waits. */
    public BatchDelivery meanwhile(Runnable event) {
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
            } catch (PostponedRow postponed) {
                badRows.cure(client, postponed);
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
    public void awaitMore(Duration atMost) {
        sendable.addAll(withheld);
        withheld.clear();
        meanwhile.run();
        clock.now = clock.now.plus(atMost);
    }

    @Override
    public void written(List<ChangeRow> rows) {
        written += rows.size();
        sendable.subList(0, rows.size()).clear();
    }

    @Override
    public void waits(String cause, Instant until) {
        causes.add(cause);
    }

    @Override
    public void buried(ChangeRow row) {
        buried++;
        sendable.remove(0);
    }

    @Override
    public void refused() {}
}
