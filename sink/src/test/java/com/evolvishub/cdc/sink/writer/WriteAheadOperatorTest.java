package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.sink.contract.InMemoryConnector;
import com.evolvishub.cdc.sink.contract.InMemoryDestination;
import com.evolvishub.cdc.sink.contract.LogCapture;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.queue.QueueBounds;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.recovery.ReloadComparison;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class WriteAheadOperatorTest {

    private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05.123456Z");

    private final String table = UUID.randomUUID().toString();
    private final InMemoryDestination destination = InMemoryDestination.at(table);
    private final List<OneInputStreamOperatorTestHarness<PipelineElement, Void>> started =
            new ArrayList<>();
    private TestPipeline testPipeline = TestPipeline.into(InMemoryConnector.endpoint(table));
    private QueueBounds bounds = QueueBounds.DEFAULT;
    private RecoveryOptions options = RecoveryOptions.NONE;
    private RestoreMode restoreMode = RestoreMode.RESUME;
    private List<String> predecessors = List.of();
    private OneInputStreamOperatorTestHarness<PipelineElement, Void> task;
    private BackpressureGate gate;

    private void start(OperatorSubtaskState state) throws Exception {
        start(state, UUID.randomUUID().toString());
    }

    private void start(OperatorSubtaskState state, String run) throws Exception {
        WriteAheadOperator operator =
                new WriteAheadOperator(
                                testPipeline.pipeline(),
                                run,
                                options,
                                bounds,
                                new RecheckSchedule(Duration.ofMillis(50), Duration.ofMillis(100)))
                        .withRestoreMode(restoreMode)
                        .awaitingPredecessors(predecessors);
        task = new OneInputStreamOperatorTestHarness<>(operator);
        started.add(task);
        task.setup();
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = BackpressureGate.of(new PipelineKey(run, testPipeline.pipeline().identity()));
    }

    private void startAndWait(OperatorSubtaskState state) throws Exception {
        start(state);
        await().until(gate::isOpen);
    }

    @AfterEach
    void stop() throws Exception {
        destination.unblock();
        for (OneInputStreamOperatorTestHarness<PipelineElement, Void> each : started) {
            each.close();
        }
    }

    private void row(String... cells) throws Exception {
        emit(TestPipeline.row(TestPipeline.KEYED, cells));
    }

    private void emit(PipelineElement element) throws Exception {
        task.processElement(new StreamRecord<>(element));
    }

    private void awaitRows(String... rows) {
        await().untilAsserted(() -> assertThat(destination.rows()).containsExactly(rows));
    }

    /**
     * Waits until the writer has no more rows that may be sent: only then does it release a
     * requested connection.
     */
    private void awaitNothingToSend() {
        destination.requestRelease();
        await().until(() -> destination.connections() == 0);
    }

    /**
     * Waits until the writer has processed the acknowledgement: only then is it in a snapshot. The
     * destination shows the rows earlier.
     */
    private void awaitAcknowledged() {
        await().until(() -> gate.status().rowsQueued.get() == 0);
    }

    private MappingState state() {
        return gate.status().destination().state();
    }

    private void awaitState(MappingState state) {
        await().until(() -> state() == state);
    }

    @Test
    void sendsOnlyRowsOfACompletedCheckpoint() throws Exception {
        startAndWait(null);
        row("1", "a");
        task.snapshot(1, 1);
        row("2", "b");
        task.snapshot(2, 2);
        row("3", "c");
        awaitNothingToSend();
        assertThat(destination.rows()).isEmpty();
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta");
        awaitNothingToSend();
        awaitRows("1\ta");
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("1\ta", "2\tb");
        await().until(() -> gate.status().rowsWritten.get() == 2);
        // a row is counted as written before it leaves the queue
        await().untilAsserted(() -> assertThat(gate.status().rowsQueued).hasValue(1));
    }

    @Test
    void releasesRowsOfEarlierCheckpointsWithALaterOne() throws Exception {
        startAndWait(null);
        row("1", "a");
        task.snapshot(1, 1);
        row("2", "b");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("1\ta", "2\tb");
    }

    @Test
    void releasesARequestedConnectionUntilItHasRowsAgain() throws Exception {
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("1", "a");
        emit(new PollEnded(1, true, AS_OF));
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        await().until(() -> gate.acknowledgedPoll() == 1);
        assertThat(destination.connections()).isEqualTo(1);

        destination.requestRelease();
        await().until(() -> destination.connections() == 0);
        emit(new PollStarted(2, TestPipeline.KEYED));
        emit(new PollEnded(2, true, AS_OF.plusSeconds(1)));
        await().until(() -> gate.acknowledgedPoll() == 2);
        assertThat(gate.status().deliveredAsOf()).contains(AS_OF.plusSeconds(1));
        assertThat(destination.connections()).as("for a poll without a row").isZero();
        assertThat(state()).isEqualTo(MappingState.FINISHED);
        assertThat(gate.isOpen()).isTrue();

        row("2", "b");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("1\ta", "2\tb");
        assertThat(destination.connections()).isEqualTo(1);
    }

    @Test
    void sendsItsRowsBeforeItReleasesARequestedConnection() throws Exception {
        destination.block();
        startAndWait(null);
        row("1", "a");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.CATCHING_UP);
        destination.requestRelease();
        destination.unblock();
        awaitRows("1\ta");
        await().until(() -> destination.connections() == 0);
    }

    @Test
    void sendsImmediatelyWithAtLeastOnceDelivery() throws Exception {
        testPipeline = testPipeline.with(DeliveryMode.AT_LEAST_ONCE);
        startAndWait(null);
        row("1", "a");
        awaitRows("1\ta");
    }

    @Test
    void sendsImmediatelyToADestinationThatUpserts() throws Exception {
        destination.upsertsRows();
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("1", "a");
        awaitRows("1\ta");
    }

    @Test
    void waitsForTheCheckpointWhenADeleteMayFollow() throws Exception {
        destination.upsertsRows();
        testPipeline = testPipeline.byDiff();
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("1", "a");
        task.snapshot(1, 1);
        awaitNothingToSend();
        assertThat(destination.rows()).isEmpty();
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta");
    }

    @Test
    void sendsRestoredRowsThatTheDestinationDoesNotHold() throws Exception {
        startAndWait(null);
        row("1", "a");
        row("2", "b");
        row("3", "c");
        OperatorSubtaskState state = task.snapshot(1, 1);
        destination.loseNextResponse();
        task.close();
        destination.deliveredByCurrentWriter(2);
        startAndWait(state);
        awaitRows("3\tc");
        row("4", "d");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("3\tc", "4\td");
        assertThat(destination.lastNumber()).isEqualTo(4);
    }

    @Test
    void doesNotRepeatABatchWhoseResponseWasLost() throws Exception {
        startAndWait(null);
        destination.loseNextResponse();
        row("1", "a");
        row("2", "b");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta", "2\tb");
        await().until(() -> gate.status().errors.get() == 1 && gate.isOpen());
        row("3", "c");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("1\ta", "2\tb", "3\tc");
        // the two rows whose response was lost are at the destination and count
        await().until(() -> gate.status().rowsWritten.get() == 3);
    }

    @Test
    void closesTheGateWhileTheDestinationIsUnavailableAndCatchesUp() throws Exception {
        startAndWait(null);
        destination.becomeUnavailable();
        row("1", "a");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.status().destination().cause()).isEqualTo("connection refused");
        assertThat(gate.status().destination().nextRetry()).isPresent();
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        destination.becomeAvailable();
        awaitRows("1\ta");
        await().until(gate::isOpen);
        awaitState(MappingState.FINISHED);
    }

    @Test
    void startsWhileTheDestinationIsUnavailable() throws Exception {
        destination.becomeUnavailable();
        start(null);
        awaitState(MappingState.WAITING_FOR_DESTINATION);
        task.snapshot(1, 1);
        destination.becomeAvailable();
        await().until(gate::isOpen);
    }

    @Test
    void rejectsARowThatArrivesBeforeThePipelineIsOpened() throws Exception {
        destination.becomeUnavailable();
        start(null);
        assertThatThrownBy(() -> row("1", "a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closesTheGateWhenTheQueueIsFullAndOpensItWhenItIsHalfEmpty() throws Exception {
        bounds = new QueueBounds(1000, 1000);
        startAndWait(null);
        for (int i = 1; i <= 20; i++) {
            row(Integer.toString(i), "a");
        }
        assertThat(gate.isOpen()).isFalse();
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        await().until(gate::isOpen);
        assertThat(destination.rows()).hasSize(20);
    }

    @Test
    void stopsAtARejectedRowAndNamesIt() throws Exception {
        startAndWait(null);
        destination.reject("3\tc");
        for (String name : List.of("a", "b", "c", "d")) {
            row(Integer.toString(name.charAt(0) - 'a' + 1), name);
        }
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.QUARANTINED);
        awaitRows("1\ta", "2\tb");
        assertThat(gate.status().destination().cause())
                .isEqualTo("row 3 (id = 3): column \"name\": does not please");
        assertThat(gate.isOpen()).isFalse();
        destination.reject("");
        awaitRows("1\ta", "2\tb", "3\tc", "4\td");
        await().until(gate::isOpen);
    }

    @Test
    void continuesAfterADeadLetter() throws Exception {
        testPipeline = testPipeline.with(BadRowPolicy.DEAD_LETTER);
        startAndWait(null);
        destination.reject("2\tb");
        row("1", "a");
        row("2", "b");
        row("3", "c");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta", "3\tc");
        assertThat(destination.deadLetters()).hasSize(1);
        assertThat(destination.lastNumber()).isEqualTo(3);
    }

    @Test
    void findsManyRejectedRowsInFewWrites() throws Exception {
        testPipeline = testPipeline.with(BadRowPolicy.DEAD_LETTER);
        startAndWait(null);
        destination.rejectAll(line -> line.endsWith("7\ta"));
        for (int i = 0; i < 1000; i++) {
            row(Integer.toString(i), "a");
        }
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        await().until(() -> destination.lastNumber() == 1000);
        assertThat(destination.rows()).hasSize(900);
        assertThat(destination.deadLetters()).hasSize(100);
        assertThat(destination.writes()).isLessThan(750);
    }

    @Test
    void stopsWhenTheTableRejectsAllRowsAndContinuesWhenItIsFixed() throws Exception {
        testPipeline = testPipeline.with(BadRowPolicy.DEAD_LETTER);
        startAndWait(null);
        destination.rejectAll(line -> true);
        for (int i = 1; i <= 3000; i++) {
            row(Integer.toString(i), "a");
        }
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.QUARANTINED);
        assertThat(destination.deadLetters()).hasSize(1000);
        assertThat(gate.status().destination().cause())
                .startsWith(
                        "row 1001 (id = 1001): column \"name\": does not please. 1,000 more rows");
        // tried again, without another dead letter
        long errors = gate.status().errors.get();
        await().until(() -> gate.status().errors.get() > errors + 2);
        assertThat(destination.deadLetters()).hasSize(1000);

        destination.reject("");
        await().until(() -> destination.lastNumber() == 3000);
        assertThat(destination.rows()).hasSize(2000);
        await().until(gate::isOpen);
    }

    private void failWith(RuntimeException failure) throws Exception {
        destination.failWith(failure);
        row("1", "a");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
    }

    @Test
    void stopsAtAnInternalErrorAndNamesIt() throws Exception {
        startAndWait(null);
        failWith(new NullPointerException("no table"));
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("java.lang.NullPointerException: no table at com.evolvishub.cdc.")
                .contains("WriteAheadOperatorTest.java:");
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void treatsTheSameExceptionOfALibraryAsAnOutage() throws Exception {
        startAndWait(null);
        NullPointerException failure = new NullPointerException("no socket");
        failure.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("redis.clients.jedis.Connection", "getOne", null, 1)
                });
        failWith(failure);
        awaitState(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.status().destination().cause()).isEqualTo("no socket");
    }

    @Test
    void reportsALongOutageAsQuarantineAndKeepsRetrying() throws Exception {
        testPipeline = testPipeline.quarantinedAfter(2);
        startAndWait(null);
        destination.becomeUnavailable();
        row("1", "a");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().errors).hasValueGreaterThanOrEqualTo(3);
        assertThat(gate.status().destination().cause()).isEqualTo("connection refused");
        assertThat(gate.status().destination().nextRetry()).isPresent();
        destination.becomeAvailable();
        awaitRows("1\ta");
        awaitState(MappingState.FINISHED);
    }

    @Test
    void keepsTheGateClosedUntilThePredecessorsHaveFinished() throws Exception {
        String run = UUID.randomUUID().toString();
        BackpressureGate finished = BackpressureGate.install(new PipelineKey(run, "file/first"));
        BackpressureGate quarantined =
                BackpressureGate.install(new PipelineKey(run, "file/second"));
        predecessors = List.of("file/first", "file/second");
        start(null, run);
        awaitState(MappingState.FINISHED);
        task.setProcessingTime(1000);
        assertThat(gate.isOpen()).isFalse();

        finished.status().destination(EndpointStatus.of(MappingState.FINISHED, AS_OF));
        finished.status().source(EndpointStatus.of(MappingState.FINISHED, AS_OF));
        quarantined.status().source(EndpointStatus.of(MappingState.RETRYING, AS_OF));
        task.setProcessingTime(2000);
        assertThat(gate.isOpen()).isFalse();

        quarantined.status().source(EndpointStatus.of(MappingState.QUARANTINED, AS_OF));
        task.setProcessingTime(3000);
        assertThat(gate.isOpen()).isTrue();
        finished.remove();
        quarantined.remove();
    }

    @Test
    void logsTheStartAndTheEndOfAnOutageOnce() throws Exception {
        try (LogCapture log = LogCapture.of(DestinationStatusReporter.class)) {
            startAndWait(null);
            destination.becomeUnavailable();
            row("1", "a");
            task.snapshot(1, 1);
            task.notifyOfCompletedCheckpoint(1);
            await().until(() -> gate.status().errors.get() > 5);
            destination.becomeAvailable();
            awaitState(MappingState.FINISHED);

            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0))
                    .startsWith(
                            "WARN orders: waiting for destination: connection refused; next try ");
            assertThat(log.lines().get(1)).isEqualTo("INFO orders: the destination is well again");
        }
    }

    @Test
    void stopsWhenAnotherRunTakesOverThePipeline() throws Exception {
        startAndWait(null);
        destination.takenOverBy("r2", "h2");
        row("1", "a");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .isEqualTo("taken over by run r2 on host h2");
        assertThat(gate.status().destination().nextRetry()).isEmpty();
        assertThat(gate.isOpen()).isFalse();
        OperatorSubtaskState state = task.snapshot(2, 2);
        assertThat(destination.rows()).isEmpty();
        task.close();
        startAndWait(state);
        awaitRows("1\ta");
    }

    @Test
    void aRestartedTaskOfAFencedRunDoesNotTakeOverAgain() throws Exception {
        start(null, "r1");
        await().until(gate::isOpen);
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.close();
        destination.takenOverBy("r2", "h2");
        start(state, "r1");
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause()).startsWith("taken over by run r2");
    }

    @Test
    void stopsWhenTheDestinationIsAheadOfAnOldState() throws Exception {
        startAndWait(null);
        row("1", "a");
        OperatorSubtaskState old = task.snapshot(1, 1);
        task.close();
        destination.deliveredByAnotherRun(7);
        startAndWait(old);
        row("8", "h");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .contains("--accept-duplicates orders", "--reset orders");
        OperatorSubtaskState undecided = task.snapshot(3, 3);
        task.close();
        start(undecided);
        awaitState(MappingState.QUARANTINED);
        OperatorSubtaskState stillUndecided = task.snapshot(4, 4);
        task.close();
        options = new RecoveryOptions(false, true, false);
        startAndWait(stillUndecided);
        awaitRows("8\th");
        assertThat(destination.lastNumber()).isEqualTo(8);
    }

    @Test
    void continuesWithAnOldStateWhenTheDestinationUpserts() throws Exception {
        destination.upsertsRows();
        destination.deliveredByAnotherRun(7);
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("8", "h");
        awaitRows("8\th");
        assertThat(destination.lastNumber()).isEqualTo(8);
    }

    /** Delivers rows 1 to {@code last}, and copies the destination after row {@code copiedAt}. */
    private OperatorSubtaskState deliverRows(int copiedAt, int last) throws Exception {
        startAndWait(null);
        for (int i = 1; i <= last; i++) {
            row(Integer.toString(i), "a");
            task.snapshot(i, i);
            task.notifyOfCompletedCheckpoint(i);
            int sequence = i;
            await().until(() -> destination.lastNumber() == sequence);
            awaitAcknowledged();
            if (i == copiedAt) {
                destination.copy();
            }
        }
        return task.snapshot(100, 100);
    }

    private void deliverOne(String id, long checkpoint) throws Exception {
        row(id, "a");
        task.snapshot(checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    @Test
    void resendsRowsThatARestoredDestinationHasLost() throws Exception {
        deliverRows(3, 5);
        destination.restoreCopy();
        deliverOne("6", 101);
        awaitRows("1\ta", "2\ta", "3\ta", "4\ta", "5\ta", "6\ta");
        assertThat(destination.lastNumber()).isEqualTo(6);
    }

    @Test
    void resendsRowsOfTheCheckpointAfterARestart() throws Exception {
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        destination.restoreCopy();
        startAndWait(state);
        awaitRows("1\ta", "2\ta", "3\ta", "4\ta", "5\ta");
    }

    @Test
    void namesTheLostRowsThatItCannotResend() throws Exception {
        testPipeline = testPipeline.withoutResending();
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        destination.restoreCopy();
        start(state);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("the destination has lost rows 4 to 5: it went back to row 3")
                .contains("--reset orders", "--accept-loss orders");
        assertThat(gate.isOpen()).isFalse();
        OperatorSubtaskState stillUndecided = task.snapshot(101, 101);
        task.close();
        start(stillUndecided);
        awaitState(MappingState.QUARANTINED);
        OperatorSubtaskState undecided = task.snapshot(102, 102);
        task.close();

        options = new RecoveryOptions(false, false, true);
        startAndWait(undecided);
        deliverOne("6", 103);
        awaitRows("1\ta", "2\ta", "3\ta", "6\ta");
        assertThat(destination.lastNumber()).isEqualTo(6);
    }

    @Test
    void continuesWhenTheLostRowsAreRestored() throws Exception {
        testPipeline = testPipeline.withoutResending();
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        List<String> all = destination.rows();
        Runnable restoreOlderCopy = destination.restoreAction();
        destination.copy();
        Runnable restoreCompleteCopy = destination.restoreAction();
        restoreOlderCopy.run();
        start(state);
        awaitState(MappingState.QUARANTINED);
        restoreCompleteCopy.run();
        await().until(gate::isOpen);
        assertThat(destination.rows()).isEqualTo(all);
    }

    @Test
    void acceptsOneLossButNotTheNext() throws Exception {
        testPipeline = testPipeline.withoutResending();
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        destination.restoreCopy();
        options = new RecoveryOptions(false, false, true);
        start(state, "accepting");
        await().until(gate::isOpen);
        deliverOne("6", 101);
        await().until(() -> destination.lastNumber() == 6);
        awaitAcknowledged();
        OperatorSubtaskState later = task.snapshot(102, 102);
        task.close();
        destination.restoreCopy();
        start(later, "accepting");
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("the destination has lost rows 4 to 6");
    }

    @Test
    void stopsWhenTheDestinationWasEmptiedOrReplaced() throws Exception {
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        destination.empty();
        start(state);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("the destination has lost rows 1 to 5: its progress record is another");
        assertThat(destination.rows()).isEmpty();
        task.close();

        options = new RecoveryOptions(false, false, true);
        startAndWait(state);
        row("6", "f");
        task.snapshot(101, 101);
        task.notifyOfCompletedCheckpoint(101);
        await().until(() -> destination.rows().contains("6\tf"));
    }

    @Test
    void stopsWhenTheTableWasDropped() throws Exception {
        OperatorSubtaskState state = deliverRows(3, 5);
        task.close();
        destination.dropTable();
        start(state);
        await().until(gate::isOpen);
        row("6", "f");
        task.snapshot(101, 101);
        task.notifyOfCompletedCheckpoint(101);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("the destination has lost rows 1 to 5: table orders is another one");
        assertThat(destination.rows()).isEmpty();
    }

    /**
     * Returns a state whose rows 1 to 3 were written after its checkpoint, just before the task
     * ended.
     */
    private OperatorSubtaskState closedAfterTheWrite() throws Exception {
        startAndWait(null);
        for (int row = 1; row <= 3; row++) {
            row(Integer.toString(row), "a");
        }
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta", "2\ta", "3\ta");
        awaitAcknowledged();
        task.close();
        return state;
    }

    @Test
    void resendsUnacknowledgedRowsWhenTheTableWasReplaced() throws Exception {
        OperatorSubtaskState state = closedAfterTheWrite();
        destination.replaceTable();
        startAndWait(state);
        awaitRows("1\ta", "2\ta", "3\ta");
        deliverOne("4", 101);
        awaitRows("1\ta", "2\ta", "3\ta", "4\ta");
    }

    @Test
    void resendsUnacknowledgedRowsEachTimeTheTableIsReplaced() throws Exception {
        OperatorSubtaskState state = closedAfterTheWrite();
        for (int round = 0; round < 3; round++) {
            destination.dropTable();
            startAndWait(state);
            awaitRows("1\ta", "2\ta", "3\ta");
            awaitAcknowledged();
            task.close();
        }
        // but not into the table that already has them
        startAndWait(state);
        deliverOne("4", 101);
        awaitRows("1\ta", "2\ta", "3\ta", "4\ta");
    }

    /** Rows sent before their checkpoint have sequence numbers that are not in the state. */
    @Test
    void resendsRowsWhenTheProgressRecordIsAheadOfTheState() throws Exception {
        destination.upsertsRows();
        startAndWait(null);
        row("1", "a");
        row("2", "a");
        OperatorSubtaskState state = task.snapshot(1, 1);
        row("3", "a");
        task.notifyOfCompletedCheckpoint(1);
        await().until(() -> destination.lastNumber() == 3);
        task.close();
        for (int round = 0; round < 2; round++) {
            destination.replaceTable();
            startAndWait(state);
            // the source reads the third one again
            row("3", "a");
            awaitRows("1\ta", "2\ta", "3\ta");
            task.close();
        }
    }

    /**
     * The second opening finds the rows in the progress record, and must take the table from it as
     * well.
     */
    @Test
    void stopsWhenTheTableWasReplacedAfterAnOpeningFoundTheRows() throws Exception {
        OperatorSubtaskState state = closedAfterTheWrite();
        startAndWait(state);
        OperatorSubtaskState found = task.snapshot(2, 2);
        task.close();
        destination.replaceTable();
        start(found);
        await().until(gate::isOpen);
        row("4", "d");
        task.snapshot(101, 101);
        task.notifyOfCompletedCheckpoint(101);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .startsWith("the destination has lost rows 1 to 3: table orders is another one");
    }

    @Test
    void continuesIntoAReplacedTableIfTheMappingAllowsIt() throws Exception {
        testPipeline = testPipeline.acceptingReplacedTables();
        deliverRows(3, 5);
        destination.replaceTable();
        deliverOne("6", 101);
        awaitRows("6\ta");
        awaitAcknowledged();
        OperatorSubtaskState state = task.snapshot(102, 102);
        task.close();
        testPipeline = TestPipeline.into(InMemoryConnector.endpoint(table));
        startAndWait(state);
        deliverOne("7", 103);
        awaitRows("6\ta", "7\ta");
    }

    @Test
    void detectsATableThatIsReplacedWhileRowsAreDelivered() throws Exception {
        deliverRows(3, 5);
        destination.replaceTable();
        deliverOne("6", 101);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause()).contains("table orders is another one");
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void distinguishesItsRowsFromThoseOfAnotherRun() throws Exception {
        startAndWait(null);
        row("1", "a");
        OperatorSubtaskState common = task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta");
        awaitAcknowledged();
        row("2", "ours");
        row("3", "ours");
        OperatorSubtaskState ours = task.snapshot(2, 2);
        task.close();
        // another run resumes from the older state and assigns sequence number 2 to another row
        startAndWait(common);
        row("2", "theirs");
        task.snapshot(3, 3);
        task.notifyOfCompletedCheckpoint(3);
        awaitRows("1\ta", "2\ttheirs");
        task.close();

        options = new RecoveryOptions(false, true, false);
        startAndWait(ours);
        task.snapshot(4, 4);
        task.notifyOfCompletedCheckpoint(4);
        awaitRows("1\ta", "2\ttheirs", "2\tours", "3\tours");
    }

    @Test
    void doesNotContinueFromAnOlderStateInDiffMode() throws Exception {
        destination.upsertsRows();
        testPipeline = testPipeline.byDiff();
        startAndWait(null);
        row("1", "a");
        OperatorSubtaskState old = task.snapshot(1, 1);
        task.close();
        destination.deliveredByAnotherRun(7);
        options = new RecoveryOptions(false, true, false);
        startAndWait(old);
        row("8", "h");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitState(MappingState.QUARANTINED);
        assertThat(gate.status().destination().cause())
                .contains("--reset orders")
                .doesNotContain("--accept-duplicates");
        assertThat(destination.rows()).isEmpty();
        OperatorSubtaskState undecided = task.snapshot(3, 3);
        task.close();
        options = new RecoveryOptions(true, false, false);
        startAndWait(undecided);
        row("9", "i");
        task.snapshot(4, 4);
        task.notifyOfCompletedCheckpoint(4);
        await().until(() -> destination.rows().contains("9\ti"));
    }

    @Test
    void waitsForTheCheckpointInDiffModeEvenWithAtLeastOnceDelivery() throws Exception {
        testPipeline = testPipeline.byDiff().with(DeliveryMode.AT_LEAST_ONCE);
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("1", "a");
        emit(new PollEnded(1, true, AS_OF));
        task.snapshot(1, 1);
        awaitNothingToSend();
        assertThat(destination.rows()).isEmpty();
        task.notifyOfCompletedCheckpoint(1);
        awaitRows("1\ta");
    }

    @Test
    void aResetStillDeliversQueuedDeletes() throws Exception {
        startAndWait(null);
        row("1", "a");
        emit(TestPipeline.row(Operation.DELETE, TestPipeline.KEYED, "7"));
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.close();
        restoreMode = RestoreMode.RESET;
        options = new RecoveryOptions(true, false, false);
        startAndWait(state);
        awaitRows("7");
        assertThat(destination.lastNumber()).isEqualTo(2);
    }

    @Test
    void logsWhatAResetCannotCompare() throws Exception {
        options = new RecoveryOptions(true, false, false);
        try (LogCapture log = LogCapture.of(ReloadComparison.class)) {
            startAndWait(null);
            row("1", "a");
            task.snapshot(1, 1);
            task.notifyOfCompletedCheckpoint(1);
            awaitRows("1\ta");
            row("2", "b");
            task.snapshot(2, 2);
            task.notifyOfCompletedCheckpoint(2);
            awaitRows("1\ta", "2\tb");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN orders: the mapping loads anew, but what the destination")
                    .contains("rows are only ever added there");
        }
    }

    @Test
    void aResetClearsTheExtraRowsOfAnEarlierOne() throws Exception {
        startAndWait(null);
        gate.status().extraRows.set(8);
        row("1", "a");
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.close();
        startAndWait(state);
        assertThat(gate.status().extraRows).hasValue(8);
        state = task.snapshot(2, 2);
        task.close();
        restoreMode = RestoreMode.RESET;
        options = new RecoveryOptions(true, false, false);
        startAndWait(state);
        await().untilAsserted(() -> assertThat(gate.status().extraRows).hasValue(0));
    }

    @Test
    void sendsSmallerBatchesAfterATimeout() throws Exception {
        startAndWait(null);
        destination.timeOutAbove(3);
        for (int i = 1; i <= 20; i++) {
            row(Integer.toString(i), "a");
        }
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        await().until(() -> destination.rows().size() == 20);
        assertThat(destination.batches()).allMatch(size -> size <= 3);
        assertThat(destination.deadLetters()).isEmpty();
    }

    @Test
    void acknowledgesAPollWhenItsRowsAreDelivered() throws Exception {
        startAndWait(null);
        emit(new PollStarted(1, TestPipeline.KEYED));
        row("1", "a");
        emit(new PollEnded(1, true, AS_OF));
        emit(new PollStarted(2, TestPipeline.KEYED));
        row("2", "b");
        emit(new PollEnded(2, true, AS_OF.plusSeconds(1)));
        assertThat(gate.acknowledgedPoll()).isZero();
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        await().until(() -> gate.acknowledgedPoll() == 2);
        assertThat(gate.status().deliveredAsOf()).contains(AS_OF.plusSeconds(1));
        assertThat(destination.batches()).containsExactly(2);
        OperatorSubtaskState state = task.snapshot(2, 2);
        task.close();
        start(state);
        assertThat(gate.acknowledgedPoll()).isEqualTo(2);
    }

    @Test
    void keepsTotalsAcrossARestart() throws Exception {
        startAndWait(null);
        gate.status().rowsRead.set(41);
        gate.status().watermark("2026-01-01 00:00:00+00");
        gate.status().recordPoll(AS_OF, 12);
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.close();
        start(state);
        assertThat(gate.status().rowsRead).hasValue(41);
        assertThat(gate.status().polls).hasValue(1);
        assertThat(gate.status().pollMillis).hasValue(12);
        assertThat(gate.status().watermark()).isEqualTo("2026-01-01 00:00:00+00");
        assertThat(gate.status().lastPoll()).contains(AS_OF);
    }

    @Test
    void keepsTheStateOfADisabledPipeline() throws Exception {
        startAndWait(null);
        row("1", "a");
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.close();
        testPipeline = testPipeline.disabled();
        start(state);
        assertThat(state()).isEqualTo(MappingState.DISABLED);
        task.notifyOfCompletedCheckpoint(1);
        OperatorSubtaskState carried = task.snapshot(2, 2);
        assertThat(gate.isOpen()).isFalse();
        task.close();
        assertThat(destination.rows()).isEmpty();
        testPipeline = TestPipeline.into(InMemoryConnector.endpoint(table));
        startAndWait(carried);
        awaitRows("1\ta");
    }

    @Test
    void doesNotWaitForABlockedDestinationWhenItCloses() throws Exception {
        startAndWait(null);
        destination.block();
        row("1", "a");
        OperatorSubtaskState state = task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        task.endInput();
        // would never return if it waited for the destination
        task.close();
        assertThat(destination.rows()).isEmpty();
        start(state);
        // the stale writer resumes with an old epoch
        await().until(gate::isOpen);
        destination.unblock();
        awaitRows("1\ta");
    }

    @Test
    void keepsTheGateOpenWhileARowWaitsForALaterOne() throws Exception {
        destination.needs("1\tchild", "2\tparent");
        startAndWait(null);
        row("1", "child");
        task.snapshot(1, 1);
        task.notifyOfCompletedCheckpoint(1);
        awaitState(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.status().destination().cause())
                .startsWith("row 1 (id = 1): its parent is missing; later rows may cure that");
        assertThat(gate.status().destination().nextRetry()).isPresent();
        assertThat(gate.isOpen()).isTrue();
        row("2", "parent");
        task.snapshot(2, 2);
        task.notifyOfCompletedCheckpoint(2);
        awaitRows("1\tchild", "2\tparent");
        await().until(() -> state() != MappingState.WAITING_FOR_DESTINATION);
    }
}
