package com.evolvishub.cdc.sink.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.queue.QueueBounds;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.writer.RecheckSchedule;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random rounds of: deliver, copy the destination, deliver more, put the copy back, go on; with the
 * delivering task restarted or not. The destination ends equal, or the mapping stops and names
 * exactly the rows that are gone; never is it well and wrong. {@code -Drounds=20} for more than a
 * glance, {@code -Dseed=…} to play one again.
 */
@Timeout(1200)
public abstract class DestinationRestoreContract {

    private static final int ROUNDS = Integer.getInteger("rounds", 2);

    /** A broker that was stopped and started again needs its time on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Logger LOG = LoggerFactory.getLogger(DestinationRestoreContract.class);

    /** The destination of the test. */
    protected abstract EndpointSpec endpoint();

    /**
     * Keeps what is at the destination.
     *
     * @return puts it back in the place of what is there then, and cuts all connections
     */
    protected abstract DestinationContract.Restore copy() throws Exception;

    /** The lines of all rows at the destination, by a plain client. */
    protected abstract List<String> contents() throws Exception;

    /** How rows get there, and by what they are told apart. */
    protected TestPipeline lane() {
        return TestPipeline.into(endpoint());
    }

    /** Of the rows; with a key, rows are changed and, where a diff reads them, deleted as well. */
    protected RowSchema schema() {
        return TestPipeline.KEYLESS;
    }

    private record Event(Operation operation, String id, String line) {}

    private final List<Event> expected = new ArrayList<>();
    private Random random = new Random();
    private long seed;
    private TestPipeline lane;
    private RecoveryOptions choices = RecoveryOptions.NONE;
    private OneInputStreamOperatorTestHarness<PipelineElement, Void> task;
    private BackpressureGate gate;
    private OperatorSubtaskState state;
    private long number;
    private long checkpoint;

    private void start() throws Exception {
        String run = UUID.randomUUID().toString();
        task =
                new OneInputStreamOperatorTestHarness<>(
                        new WriteAheadOperator(
                                lane.pipeline(),
                                run,
                                choices,
                                QueueBounds.DEFAULT,
                                new RecheckSchedule(
                                        Duration.ofMillis(50), Duration.ofMillis(200))));
        task.setup();
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = BackpressureGate.of(new PipelineKey(run, lane.pipeline().identity()));
    }

    @AfterEach
    void stop() throws Exception {
        task.close();
    }

    private void restart() throws Exception {
        task.close();
        start();
    }

    private void emit(int rows) throws Exception {
        for (int i = 0; i < rows; i++) {
            Event event = next(++number);
            String[] cells =
                    event.operation() == Operation.DELETE
                            ? new String[] {event.id()}
                            : event.line().split("\t", -1);
            task.processElement(
                    new StreamRecord<>(TestPipeline.row(event.operation(), schema(), cells)));
            expected.add(event);
        }
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    private Event next(long row) {
        String id = Long.toString(row);
        List<String> there = lines().stream().map(line -> line.split("\t", -1)[0]).toList();
        if (schema().isKeyed() && !there.isEmpty() && random.nextInt(3) == 0) {
            id = there.get(random.nextInt(there.size()));
            boolean deletes = lane.capture() instanceof Capture.ByDiff && random.nextBoolean();
            if (deletes) {
                return new Event(Operation.DELETE, id, "");
            }
        }
        return new Event(Operation.UPSERT, id, id + "\trow " + row);
    }

    /** What the destination has to hold. */
    private List<String> lines() {
        if (!schema().isKeyed()) {
            return expected.stream().map(Event::line).toList();
        }
        Map<String, String> rows = new LinkedHashMap<>();
        for (Event event : expected) {
            if (event.operation() == Operation.DELETE) {
                rows.remove(event.id());
            } else {
                rows.put(event.id(), event.line());
            }
        }
        return List.copyOf(rows.values());
    }

    private void deliver(int rows) throws Exception {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(gate.isOpen())
                                        .as("seed %d: %s", seed, gate.status().destination())
                                        .isTrue());
        emit(rows);
        awaitEqual();
        // what is acknowledged by now is in the state that a restart goes on from
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    private void awaitEqual() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            assertThat(contents()).containsExactlyInAnyOrderElementsOf(lines());
                            assertThat(gate.status().rowsQueued).hasValue(0);
                        });
    }

    @Test
    void endEqualOrNameWhatIsGone() throws Exception {
        seed = Long.getLong("seed", new Random().nextLong());
        random = new Random(seed);
        lane = lane();
        start();
        Map<String, Integer> told = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean resends = random.nextBoolean();
            boolean restarts = random.nextBoolean();
            lane = resends ? lane() : lane().withoutResending();
            restart();
            deliver(1 + random.nextInt(5));
            int copied = expected.size();
            long last = number;
            DestinationContract.Restore back = copy();
            deliver(1 + random.nextInt(5));
            back.run();
            if (restarts) {
                restart();
            } else {
                emit(1);
            }
            if (resends) {
                awaitEqual();
                told.merge(restarts ? "equal after a restart" : "equal", 1, Integer::sum);
                continue;
            }
            await().atMost(PATIENCE)
                    .until(() -> gate.status().destination().state() == MappingState.QUARANTINED);
            long lost = restarts ? number : number - 1;
            assertThat(gate.status().destination().cause())
                    .as("seed %d", seed)
                    .contains(
                            last + 1 == lost
                                    ? "has lost row " + lost + ":"
                                    : "has lost rows %d to %d:".formatted(last + 1, lost));
            expected.subList(copied, (int) (copied + lost - last)).clear();
            choices = new RecoveryOptions(false, false, true);
            restart();
            choices = RecoveryOptions.NONE;
            awaitEqual();
            await().atMost(PATIENCE).until(gate::isOpen);
            emit(1);
            awaitEqual();
            state = task.snapshot(++checkpoint, checkpoint);
            told.merge("stopped, with the range of what was lost", 1, Integer::sum);
        }
        LOG.info("{}, seed {}: {} rounds, {}", getClass().getSimpleName(), seed, ROUNDS, told);
    }
}
