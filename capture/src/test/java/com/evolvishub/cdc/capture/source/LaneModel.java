package com.evolvishub.cdc.capture.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.capture.detect.TestDetection;
import com.evolvishub.cdc.capture.postgres.DatabaseClock;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.flow.SuspectDeletes;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.planner.physical.Pipeline;
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
final class LaneModel implements AutoCloseable {

    private static final WatermarkSplitSerializer SPLITS = new WatermarkSplitSerializer();

    private Pipeline pipeline;
    private Resumption resumption = Resumption.GO_ON;
    private SuspectDeletes suspects = SuspectDeletes.STOP;
    private String run = UUID.randomUUID().toString();

    /**
     * The one that the database's is measured by stands still: a pause of this machine cannot look
     * like a step back then. Tests of steps say what else to go by.
     */
    private Clocks clocks = new Clocks(Clock.systemUTC(), new ManualClock(), DatabaseClock.SERVER);

    private boolean waits;
    private boolean waitsForLocks;
    private final List<ChangeRow> sent = new ArrayList<>();
    private final Deque<Step> waiting = new ArrayDeque<>();
    private final Output output = new Output();
    private Runnable taken = () -> {};
    private Gate gate;
    private WatermarkSplitReader reader;
    private WatermarkRecordEmitter emitter;
    private WatermarkSplitState state;
    private TestDetection detection;
    private Checkpoint checkpoint;
    private String trouble = "";
    private long polls;

    /** Everything that survives. */
    private record Checkpoint(
            List<Byte> split, TestDetection.Image detection, int sent, String run) {}

    LaneModel(Pipeline pipeline) throws Exception {
        this.pipeline = pipeline;
        start(WatermarkSplit.fresh(pipeline.identity()), TestDetection.Image.EMPTY, "");
        takeCheckpoint();
    }

    /** From here on a source that fails is waited for. */
    LaneModel waitingOutOutages() {
        waits = true;
        return this;
    }

    /** From here on a source that is locked is waited for, and nothing else. */
    LaneModel waitingOutLocks() {
        waitsForLocks = true;
        return this;
    }

    /** From here on, and after a crash, the reader goes by this clock. */
    void goBy(Clock other) throws Exception {
        clocks = new Clocks(other, clocks.steady(), clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From here on, and after a crash, the database's clock is measured by this one. */
    void measureBy(Clock steady) throws Exception {
        clocks = new Clocks(clocks.wall(), steady, clocks.database());
        takeCheckpoint();
        crash();
    }

    /** From here on, and after a crash, the database's time is what this expression says. */
    void goBy(DatabaseClock database) throws Exception {
        clocks = new Clocks(clocks.wall(), clocks.steady(), database);
        takeCheckpoint();
        crash();
    }

    /** Both at once. */
    void goBy(DatabaseClock database, Clock steady) throws Exception {
        clocks = new Clocks(clocks.wall(), steady, database);
        takeCheckpoint();
        crash();
    }

    private void start(WatermarkSplit split, TestDetection.Image image, String writtenBy)
            throws Exception {
        LaneKey key = new LaneKey(run, pipeline.identity());
        gate = Gate.install(key);
        gate.describe(new Target(true, List.of()));
        gate.acknowledge(split.poll());
        gate.open();
        reader = new WatermarkSplitReader(pipeline, run, resumption, false, gate, clocks);
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
        emitter = new WatermarkRecordEmitter(pipeline, key, clocks.wall());
        state = new WatermarkSplitState(LayoutFinder.watermark(pipeline.scan()), split);
        detection =
                new TestDetection(
                        pipeline.scan().capture(),
                        pipeline.scan().deleteWhen(),
                        image,
                        resumption.forgets(run, writtenBy),
                        run,
                        suspects);
        waiting.clear();
        taken = () -> {};
    }

    /** Takes one step: fetches a page if none is there, else hands on one element. */
    void step() throws Exception {
        if (waiting.isEmpty()) {
            taken.run();
            RecordsWithSplitIds<Step> page = reader.fetch();
            taken = page::recycle;
            if (page.nextSplit() != null) {
                for (Step step = page.nextRecordFromSplit();
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
    String refused() throws Exception {
        Thread fetching = new Thread(reader::fetch, "refused");
        fetching.start();
        await().until(() -> fetching.getState() == Thread.State.WAITING);
        reader.wakeUp();
        fetching.join();
        Condition source = gate.status().source();
        return source.state() + ": " + source.cause();
    }

    /** A source that fails is nothing to wait for: the next try is seconds or minutes away. */
    private void refuseFailure() {
        Condition source = gate.status().source();
        boolean locked = waitsForLocks && source.cause().contains("polls do not wait in the queue");
        if (!waits && !locked && waiting.isEmpty() && !source.cause().isEmpty()) {
            throw new IllegalStateException(source.state() + ": " + source.cause());
        }
    }

    /** Goes on until so many more polls have come to their ends. */
    void finishPolls(int more) throws Exception {
        long until = polls + more;
        while (polls < until) {
            step();
        }
    }

    void takeCheckpoint() throws Exception {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : SPLITS.serialize(state.toSplit())) {
            bytes.add(b);
        }
        checkpoint = new Checkpoint(bytes, detection.image(), sent.size(), run);
    }

    /** Everything since the last checkpoint is lost. */
    void crash() throws Exception {
        close();
        sent.subList(checkpoint.sent(), sent.size()).clear();
        start(restored(), checkpoint.detection(), checkpoint.run());
    }

    /** Stopped with a savepoint, and started as {@code --accept-deletes} starts it. */
    void restartAcceptingDeletes() throws Exception {
        suspects = SuspectDeletes.ACCEPT_ONCE;
        restart(pipeline, Resumption.GO_ON);
    }

    /** Stopped with a savepoint, and started anew as another run of what is planned now. */
    void restart(Pipeline changed, Resumption how) throws Exception {
        takeCheckpoint();
        // the gate that is closed is the old pipeline's
        close();
        pipeline = changed;
        resumption = how;
        run = UUID.randomUUID().toString();
        start(restored(), checkpoint.detection(), checkpoint.run());
    }

    private WatermarkSplit restored() throws IOException {
        byte[] bytes = new byte[checkpoint.split().size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = checkpoint.split().get(i);
        }
        return SPLITS.deserialize(SPLITS.getVersion(), bytes);
    }

    /** What the destination was given, in order. */
    List<ChangeRow> sent() {
        return sent;
    }

    /** The same, as an operation and the line. */
    List<String> rows() {
        return sent.stream()
                .map(row -> row.operation() + " " + new String(row.line(), UTF_8))
                .toList();
    }

    /** A cell of each line; a deletion's line is its key. */
    List<String> cells(int place) {
        return sent.stream()
                .map(row -> new String(CopyText.cell(row.line(), place), UTF_8))
                .toList();
    }

    WatermarkSplit position() {
        return state.toSplit();
    }

    Gate gate() {
        return gate;
    }

    long remembered() {
        return detection.remembered();
    }

    /** What the last polls found wrong. */
    String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        reader.close();
        gate.remove();
    }

    private final class Output implements SourceOutput<FlowElement> {

        @Override
        public void collect(FlowElement element) {
            try {
                trouble += detection.take(element, sent::add);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
            if (element instanceof PollEnded ended) {
                gate.lookups().want(detection.wanted());
                polls++;
                gate.acknowledge(ended.poll());
            }
        }

        @Override
        public void collect(FlowElement element, long timestamp) {
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
