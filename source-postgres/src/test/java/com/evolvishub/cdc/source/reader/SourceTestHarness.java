package com.evolvishub.cdc.source.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.source.ManualClock;
import com.evolvishub.cdc.source.dedupe.DetectionTestHarness;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.PostgresSplitSerializer;
import com.evolvishub.cdc.source.split.PostgresSplitState;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;

/**
 * The source half of a pipeline, controlled by a test: the test decides when a page is fetched, a
 * row is emitted, a checkpoint is taken, and everything after the last checkpoint is lost.
 */
public final class SourceTestHarness implements AutoCloseable {

    private static final PostgresSplitSerializer SPLITS = new PostgresSplitSerializer();

    private Pipeline pipeline;
    private RestoreMode restoreMode = RestoreMode.RESUME;
    private SuspectDeletePolicy suspects = SuspectDeletePolicy.STOP;
    private String run = UUID.randomUUID().toString();

    /**
     * The steady clock, which the database's clock is compared with, stands still: a pause of this
     * machine cannot look like a backward clock step. Tests of clock steps use another one.
     */
    private SourceClocks clocks =
            new SourceClocks(Clock.systemUTC(), new ManualClock(), DatabaseClock.SERVER);

    private boolean retriesOutages;
    private boolean retriesLocks;
    private final List<ChangeRow> sent = new ArrayList<>();
    private final Deque<SourceRecord> pending = new ArrayDeque<>();
    private final Output output = new Output();
    private Runnable recyclePage = () -> {};
    private BackpressureGate gate;
    private PostgresSplitReader reader;
    private PostgresRecordEmitter emitter;
    private PostgresSplitState state;
    private DetectionTestHarness detection;
    private Checkpoint checkpoint;
    private String warnings = "";
    private long polls;

    /** All state that survives a crash. */
    private record Checkpoint(
            List<Byte> split, DetectionTestHarness.Image detection, int sent, String run) {}

    public SourceTestHarness(Pipeline pipeline) throws Exception {
        this.pipeline = pipeline;
        start(PostgresSplit.initial(pipeline.identity()), DetectionTestHarness.Image.EMPTY, "");
        takeCheckpoint();
    }

    /** From now on polls are retried after any source error. */
    public SourceTestHarness retryingOutages() {
        retriesOutages = true;
        return this;
    }

    /** From now on polls are retried while the source is locked, but not after other errors. */
    public SourceTestHarness retryingLocks() {
        retriesLocks = true;
        return this;
    }

    /** From now on, and after a crash, the reader uses this clock. */
    public void useClock(Clock other) throws Exception {
        clocks = new SourceClocks(other, clocks.steady(), clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From now on, and after a crash, the database's clock is compared with this one. */
    public void useSteadyClock(Clock steady) throws Exception {
        clocks = new SourceClocks(clocks.wall(), steady, clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From now on, and after a crash, the database's time is the value of this expression. */
    public void useClock(DatabaseClock database) throws Exception {
        clocks = new SourceClocks(clocks.wall(), clocks.steady(), database);
        takeCheckpoint();
        crash();
    }

    /** Sets the database's clock and the steady clock. */
    public void useClock(DatabaseClock database, Clock steady) throws Exception {
        clocks = new SourceClocks(clocks.wall(), steady, database);
        takeCheckpoint();
        crash();
    }

    private void start(PostgresSplit split, DetectionTestHarness.Image image, String writtenBy)
            throws Exception {
        PipelineKey key = new PipelineKey(run, pipeline.identity());
        gate = BackpressureGate.install(key);
        gate.setDestination(new DestinationDescription(true, List.of()));
        gate.acknowledge(split.poll());
        gate.open();
        reader = new PostgresSplitReader(pipeline, run, restoreMode, false, gate, clocks);
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
        emitter = new PostgresRecordEmitter(pipeline, key, clocks.wall());
        state = new PostgresSplitState(RowLayoutResolver.watermark(pipeline.scan()), split);
        detection =
                new DetectionTestHarness(
                        pipeline.scan().capture(),
                        pipeline.scan().deleteWhen(),
                        image,
                        restoreMode.discardsState(run, writtenBy),
                        run,
                        suspects);
        pending.clear();
        recyclePage = () -> {};
    }

    /** Runs one step: fetches a page if no record is pending, otherwise emits one record. */
    public void step() throws Exception {
        if (pending.isEmpty()) {
            recyclePage.run();
            RecordsWithSplitIds<SourceRecord> page = reader.fetch();
            recyclePage = page::recycle;
            if (page.nextSplit() != null) {
                for (SourceRecord next = page.nextRecordFromSplit();
                        next != null;
                        next = page.nextRecordFromSplit()) {
                    pending.add(next);
                }
            }
            failOnSourceError();
            return;
        }
        emitter.emitRecord(pending.poll(), output, state);
    }

    /** The status of a pipeline that fetches nothing until it is stopped. */
    public String rejection() throws Exception {
        Thread fetching = new Thread(reader::fetch, "refused");
        fetching.start();
        await().until(() -> fetching.getState() == Thread.State.WAITING);
        reader.wakeUp();
        fetching.join();
        EndpointStatus source = gate.status().source();
        return source.state() + ": " + source.cause();
    }

    /**
     * Fails the test on a source error, unless retries are allowed: the next retry is seconds or
     * minutes away.
     */
    private void failOnSourceError() {
        EndpointStatus source = gate.status().source();
        boolean locked = retriesLocks && source.cause().contains("polls do not wait in the queue");
        if (!retriesOutages && !locked && pending.isEmpty() && !source.cause().isEmpty()) {
            throw new IllegalStateException(source.state() + ": " + source.cause());
        }
    }

    /** Runs until {@code more} further polls have ended. */
    public void finishPolls(int more) throws Exception {
        long until = polls + more;
        while (polls < until) {
            step();
        }
    }

    public void takeCheckpoint() throws Exception {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : SPLITS.serialize(state.toSplit())) {
            bytes.add(b);
        }
        checkpoint = new Checkpoint(bytes, detection.image(), sent.size(), run);
    }

    /** Loses everything since the last checkpoint and restarts from it. */
    public void crash() throws Exception {
        close();
        sent.subList(checkpoint.sent(), sent.size()).clear();
        start(restored(), checkpoint.detection(), checkpoint.run());
    }

    /** Stops with a savepoint and starts with {@code --accept-deletes}. */
    public void restartAcceptingDeletes() throws Exception {
        suspects = SuspectDeletePolicy.ACCEPT_ONCE;
        restart(pipeline, RestoreMode.RESUME);
    }

    /** Stops with a savepoint and starts as a new run of {@code changed}. */
    public void restart(Pipeline changed, RestoreMode mode) throws Exception {
        takeCheckpoint();
        // closes the gate of the old pipeline
        close();
        pipeline = changed;
        restoreMode = mode;
        run = UUID.randomUUID().toString();
        start(restored(), checkpoint.detection(), checkpoint.run());
    }

    private PostgresSplit restored() throws IOException {
        byte[] bytes = new byte[checkpoint.split().size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = checkpoint.split().get(i);
        }
        return SPLITS.deserialize(SPLITS.getVersion(), bytes);
    }

    /** The rows sent to the destination, in order. */
    public List<ChangeRow> sent() {
        return sent;
    }

    /** The sent rows as operation and line. */
    public List<String> rows() {
        return sent.stream()
                .map(row -> row.operation() + " " + new String(row.line(), UTF_8))
                .toList();
    }

    /** One cell of each line; the line of a delete is its key. */
    public List<String> cells(int index) {
        return sent.stream()
                .map(row -> new String(CopyText.cell(row.line(), index), UTF_8))
                .toList();
    }

    public PostgresSplit position() {
        return state.toSplit();
    }

    public BackpressureGate gate() {
        return gate;
    }

    public long dedupeStateRows() {
        return detection.dedupeStateRows();
    }

    /** The warnings of the polls so far. */
    public String warnings() {
        return warnings;
    }

    @Override
    public void close() {
        reader.close();
        gate.remove();
    }

    private final class Output implements SourceOutput<PipelineElement> {

        @Override
        public void collect(PipelineElement element) {
            try {
                warnings += detection.process(element, sent::add);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
            if (element instanceof PollEnded ended) {
                gate.keyLookupRequests().request(detection.requestedKeys());
                polls++;
                gate.acknowledge(ended.poll());
            }
        }

        @Override
        public void collect(PipelineElement element, long timestamp) {
            collect(element);
        }

        @Override
        public void emitWatermark(Watermark mark) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void markIdle() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void markActive() {
            throw new UnsupportedOperationException();
        }
    }
}
