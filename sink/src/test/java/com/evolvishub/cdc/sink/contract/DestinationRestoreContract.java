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
 * Random rounds: deliver, copy the destination, deliver more, restore the copy, continue, with or
 * without a restart of the delivering task. Afterwards the destination holds all rows, or the
 * mapping has stopped and names exactly the lost rows. {@code -Drounds=20} runs more rounds, {@code
 * -Dseed=…} repeats a run.
 */
@Timeout(1200)
public abstract class DestinationRestoreContract {

    private static final int ROUNDS = Integer.getInteger("rounds", 2);

    /** A restarted broker may need long on a busy machine. */
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private static final Logger LOG = LoggerFactory.getLogger(DestinationRestoreContract.class);

    /** The endpoint of the tested destination. */
    protected abstract EndpointSpec endpoint();

    /**
     * Copies the destination.
     *
     * @return replaces the contents with the copy, and closes all connections
     */
    protected abstract DestinationContract.Restore copy() throws Exception;

    /** The lines of all rows at the destination, read with a plain client. */
    protected abstract List<String> contents() throws Exception;

    /** The pipeline that delivers the rows. */
    protected TestPipeline lane() {
        return TestPipeline.into(endpoint());
    }

    /** The schema of the rows. With a key, rows are also changed and, in diff mode, deleted. */
    protected RowSchema schema() {
        return TestPipeline.KEYLESS;
    }

    private record Event(Operation operation, String id, String line) {}

    private final List<Event> expected = new ArrayList<>();
    private Random random = new Random();
    private long seed;
    private TestPipeline testPipeline;
    private RecoveryOptions options = RecoveryOptions.NONE;
    private OneInputStreamOperatorTestHarness<PipelineElement, Void> task;
    private BackpressureGate gate;
    private OperatorSubtaskState state;
    private long lastSequence;
    private long checkpoint;

    private void start() throws Exception {
        String run = UUID.randomUUID().toString();
        task =
                new OneInputStreamOperatorTestHarness<>(
                        new WriteAheadOperator(
                                testPipeline.pipeline(),
                                run,
                                options,
                                QueueBounds.DEFAULT,
                                new RecheckSchedule(
                                        Duration.ofMillis(50), Duration.ofMillis(200))));
        task.setup();
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = BackpressureGate.of(new PipelineKey(run, testPipeline.pipeline().identity()));
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
            Event event = next(++lastSequence);
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
        List<String> presentIds = lines().stream().map(line -> line.split("\t", -1)[0]).toList();
        if (schema().isKeyed() && !presentIds.isEmpty() && random.nextInt(3) == 0) {
            id = presentIds.get(random.nextInt(presentIds.size()));
            boolean deletes =
                    testPipeline.capture() instanceof Capture.ByDiff && random.nextBoolean();
            if (deletes) {
                return new Event(Operation.DELETE, id, "");
            }
        }
        return new Event(Operation.UPSERT, id, id + "\trow " + row);
    }

    /** The lines that the destination must hold. */
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
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () ->
                                assertThat(gate.isOpen())
                                        .as("seed %d: %s", seed, gate.status().destination())
                                        .isTrue());
        emit(rows);
        awaitEqual();
        // a restart resumes from a state with all acknowledgements
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    private void awaitEqual() {
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () -> {
                            assertThat(contents()).containsExactlyInAnyOrderElementsOf(lines());
                            assertThat(gate.status().rowsQueued).hasValue(0);
                        });
    }

    @Test
    void restoresAllRowsOrNamesTheLostOnes() throws Exception {
        seed = Long.getLong("seed", new Random().nextLong());
        random = new Random(seed);
        testPipeline = lane();
        start();
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean resends = random.nextBoolean();
            boolean restarts = random.nextBoolean();
            testPipeline = resends ? lane() : lane().withoutResending();
            restart();
            deliver(1 + random.nextInt(5));
            int copiedEvents = expected.size();
            long last = lastSequence;
            DestinationContract.Restore restoreCopy = copy();
            deliver(1 + random.nextInt(5));
            restoreCopy.run();
            if (restarts) {
                restart();
            } else {
                emit(1);
            }
            if (resends) {
                awaitEqual();
                outcomes.merge(restarts ? "equal after a restart" : "equal", 1, Integer::sum);
                continue;
            }
            await().atMost(TIMEOUT)
                    .until(() -> gate.status().destination().state() == MappingState.QUARANTINED);
            long lost = restarts ? lastSequence : lastSequence - 1;
            assertThat(gate.status().destination().cause())
                    .as("seed %d", seed)
                    .contains(
                            last + 1 == lost
                                    ? "has lost row " + lost + ":"
                                    : "has lost rows %d to %d:".formatted(last + 1, lost));
            expected.subList(copiedEvents, (int) (copiedEvents + lost - last)).clear();
            options = new RecoveryOptions(false, false, true);
            restart();
            options = RecoveryOptions.NONE;
            awaitEqual();
            await().atMost(TIMEOUT).until(gate::isOpen);
            emit(1);
            awaitEqual();
            state = task.snapshot(++checkpoint, checkpoint);
            outcomes.merge("stopped, with the range of what was lost", 1, Integer::sum);
        }
        LOG.info("{}, seed {}: {} rounds, {}", getClass().getSimpleName(), seed, ROUNDS, outcomes);
    }
}
