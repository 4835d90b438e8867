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
 * The capturing half of a lane, driven by hand: a test decides when a page is fetched, when a row
 * is handed on, when a checkpoint is taken, and when all that no checkpoint holds is lost.
 */
public final class SourceTestHarness implements AutoCloseable {

    private static final PostgresSplitSerializer SPLITS = new PostgresSplitSerializer();

    private Pipeline pipeline;
    private RestoreMode resumption = RestoreMode.RESUME;
    private SuspectDeletePolicy suspects = SuspectDeletePolicy.STOP;
    private String run = UUID.randomUUID().toString();

    /**
     * The one that the database's is measured by stands still: a pause of this machine cannot look
     * like a step back then. Tests of steps say what else to go by.
     */
    private SourceClocks clocks =
            new SourceClocks(Clock.systemUTC(), new ManualClock(), DatabaseClock.SERVER);

    private boolean waits;
    private boolean waitsForLocks;
    private final List<ChangeRow> sent = new ArrayList<>();
    private final Deque<SourceRecord> waiting = new ArrayDeque<>();
    private final Output output = new Output();
    private Runnable taken = () -> {};
    private BackpressureGate gate;
    private PostgresSplitReader reader;
    private PostgresRecordEmitter emitter;
    private PostgresSplitState state;
    private DetectionTestHarness detection;
    private Checkpoint checkpoint;
    private String trouble = "";
    private long polls;

    /** Everything that survives. */
    private record Checkpoint(
            List<Byte> split, DetectionTestHarness.Image detection, int sent, String run) {}

    public SourceTestHarness(Pipeline pipeline) throws Exception {
        this.pipeline = pipeline;
        start(PostgresSplit.initial(pipeline.identity()), DetectionTestHarness.Image.EMPTY, "");
        takeCheckpoint();
    }

    /** From here on a source that fails is waited for. */
    public SourceTestHarness waitingOutOutages() {
        waits = true;
        return this;
    }

    /** From here on a source that is locked is waited for, and nothing else. */
    public SourceTestHarness waitingOutLocks() {
        waitsForLocks = true;
        return this;
    }

    /** From here on, and after a crash, the reader goes by this clock. */
    public void goBy(Clock other) throws Exception {
        clocks = new SourceClocks(other, clocks.steady(), clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From here on, and after a crash, the database's clock is measured by this one. */
    public void measureBy(Clock steady) throws Exception {
        clocks = new SourceClocks(clocks.wall(), steady, clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From here on, and after a crash, the database's time is what this expression says. */
    public void goBy(DatabaseClock database) throws Exception {
        clocks = new SourceClocks(clocks.wall(), clocks.steady(), database);
        takeCheckpoint();
        crash();
    }

    /** Both at once. */
    public void goBy(DatabaseClock database, Clock steady) throws Exception {
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
        reader = new PostgresSplitReader(pipeline, run, resumption, false, gate, clocks);
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
        emitter = new PostgresRecordEmitter(pipeline, key, clocks.wall());
        state = new PostgresSplitState(RowLayoutResolver.watermark(pipeline.scan()), split);
        detection =
                new DetectionTestHarness(
                        pipeline.scan().capture(),
                        pipeline.scan().deleteWhen(),
                        image,
                        resumption.discardsState(run, writtenBy),
                        run,
                        suspects);
        waiting.clear();
        taken = () -> {};
    }

    /** Takes one step: fetches a page if none is there, else hands on one element. */
    public void step() throws Exception {
        if (waiting.isEmpty()) {
            taken.run();
            RecordsWithSplitIds<SourceRecord> page = reader.fetch();
            taken = page::recycle;
            if (page.nextSplit() != null) {
                for (SourceRecord step = page.nextRecordFromSplit();
                        step != null;
                        step = page.nextRecordFromSplit()) {
                    waiting.add(step);
                }
            }
            refuseFailure();
            return;
        }
        emitter.emitRecord(waiting.poll(), output, state);
    }

    /** What a lane says that fetches nothing until it is stopped. */
    public String refused() throws Exception {
        Thread fetching = new Thread(reader::fetch, "refused");
        fetching.start();
        await().until(() -> fetching.getState() == Thread.State.WAITING);
        reader.wakeUp();
        fetching.join();
        EndpointStatus source = gate.status().source();
        return source.state() + ": " + source.cause();
    }

    /** A source that fails is nothing to wait for: the next try is seconds or minutes away. */
    private void refuseFailure() {
        EndpointStatus source = gate.status().source();
        boolean locked = waitsForLocks && source.cause().contains("polls do not wait in the queue");
        if (!waits && !locked && waiting.isEmpty() && !source.cause().isEmpty()) {
            throw new IllegalStateException(source.state() + ": " + source.cause());
        }
    }

    /** Goes on until so many more polls have come to their ends. */
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

    /** Everything since the last checkpoint is lost. */
    public void crash() throws Exception {
        close();
        sent.subList(checkpoint.sent(), sent.size()).clear();
        start(restored(), checkpoint.detection(), checkpoint.run());
    }

    /** Stopped with a savepoint, and started as {@code --accept-deletes} starts it. */
    public void restartAcceptingDeletes() throws Exception {
        suspects = SuspectDeletePolicy.ACCEPT_ONCE;
        restart(pipeline, RestoreMode.RESUME);
    }

    /** Stopped with a savepoint, and started anew as another run of what is planned now. */
    public void restart(Pipeline changed, RestoreMode how) throws Exception {
        takeCheckpoint();
        // the gate that is closed is the old pipeline's
        close();
        pipeline = changed;
        resumption = how;
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

    /** What the destination was given, in order. */
    public List<ChangeRow> sent() {
        return sent;
    }

    /** The same, as an operation and the line. */
    public List<String> rows() {
        return sent.stream()
                .map(row -> row.operation() + " " + new String(row.line(), UTF_8))
                .toList();
    }

    /** A cell of each line; a deletion's line is its key. */
    public List<String> cells(int place) {
        return sent.stream()
                .map(row -> new String(CopyText.cell(row.line(), place), UTF_8))
                .toList();
    }

    public PostgresSplit position() {
        return state.toSplit();
    }

    public BackpressureGate gate() {
        return gate;
    }

    public long remembered() {
        return detection.remembered();
    }

    /** What the last polls found wrong. */
    public String trouble() {
        return trouble;
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
                trouble += detection.take(element, sent::add);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
            if (element instanceof PollEnded ended) {
                gate.keyLookupRequests().request(detection.wanted());
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
