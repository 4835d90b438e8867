package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random rounds of: deliver, copy the destination, deliver more, put the copy back, go on; with the
 * delivering task restarted or not. The destination ends equal, or the mapping stops and names
 * exactly the rows that are gone; never is it well and wrong.
 */
@Timeout(300)
public abstract class DestinationRounds {

    private static final int ROUNDS = Integer.getInteger("rounds", 4);

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

    private final List<String> expected = new ArrayList<>();
    private TestLane lane;
    private RecoveryChoices choices = RecoveryChoices.NONE;
    private OneInputStreamOperatorTestHarness<FlowElement, Void> task;
    private Gate gate;
    private OperatorSubtaskState state;
    private long number;
    private long checkpoint;

    private void start() throws Exception {
        String run = UUID.randomUUID().toString();
        task =
                new OneInputStreamOperatorTestHarness<>(
                        new Delivery(
                                lane.pipeline(),
                                run,
                                choices,
                                QueueBounds.DEFAULT,
                                new Recheck(Duration.ofMillis(50), Duration.ofMillis(200))));
        task.setup();
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = Gate.of(new LaneKey(run, lane.pipeline().identity()));
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
            String id = Long.toString(++number);
            task.processElement(
                    new StreamRecord<>(TestLane.row(TestLane.KEYLESS, id, "row " + id)));
            expected.add(id + "\trow " + id);
        }
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    private void deliver(int rows) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(gate::isOpen);
        emit(rows);
        awaitEqual();
        // what is acknowledged by now is in the state that a restart goes on from
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    private void awaitEqual() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            assertThat(contents()).containsExactlyInAnyOrderElementsOf(expected);
                            assertThat(gate.status().rowsQueued).hasValue(0);
                        });
    }

    @Test
    void endEqualOrNameWhatIsGone() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        lane = TestLane.to(endpoint());
        start();
        for (int round = 0; round < ROUNDS; round++) {
            boolean resends = random.nextBoolean();
            boolean restarts = random.nextBoolean();
            lane = TestLane.to(endpoint());
            lane = resends ? lane : lane.withoutResending();
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
                continue;
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gate.status().destination().state() == MappingState.QUARANTINED);
            long lost = restarts ? number : number - 1;
            assertThat(gate.status().destination().cause())
                    .as("seed %d", seed)
                    .contains(
                            last + 1 == lost
                                    ? "has lost row " + lost + ":"
                                    : "has lost rows %d to %d:".formatted(last + 1, lost));
            expected.subList(copied, (int) (copied + lost - last)).clear();
            choices = new RecoveryChoices(false, false, true);
            restart();
            choices = RecoveryChoices.NONE;
            awaitEqual();
            await().until(gate::isOpen);
            emit(1);
            awaitEqual();
            state = task.snapshot(++checkpoint, checkpoint);
        }
    }
}
