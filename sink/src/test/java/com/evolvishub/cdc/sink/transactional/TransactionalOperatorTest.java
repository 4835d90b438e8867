package com.evolvishub.cdc.sink.transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.sink.contract.InMemoryConnector;
import com.evolvishub.cdc.sink.contract.InMemoryDestination;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TransactionalOperatorTest {

    private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05.123456Z");

    private final String table = UUID.randomUUID().toString();
    private final InMemoryDestination destination = InMemoryDestination.at(table);
    private final TestPipeline testPipeline = TestPipeline.into(InMemoryConnector.endpoint(table));
    private final List<AutoCloseable> started = new ArrayList<>();
    private OneInputStreamOperatorTestHarness<PipelineElement, ChangeRow> task;
    private BackpressureGate gate;

    private void start(OperatorSubtaskState state) throws Exception {
        start(state, UnaryOperator.identity());
    }

    private void startHoldingRows(OperatorSubtaskState state) throws Exception {
        start(state, TransactionalOperator::holdingRowsUntilCommit);
    }

    private void start(
            OperatorSubtaskState state, UnaryOperator<TransactionalOperator> configuration)
            throws Exception {
        String run = UUID.randomUUID().toString();
        TransactionalOperator operator =
                new TransactionalOperator(testPipeline.pipeline(), run, RestoreMode.RESUME);
        task = new OneInputStreamOperatorTestHarness<>(configuration.apply(operator));
        started.add(task);
        task.setup(serializer());
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = BackpressureGate.of(new PipelineKey(run, testPipeline.pipeline().identity()));
    }

    @SuppressWarnings("unchecked")
    private static TypeSerializer<ChangeRow> serializer() {
        return (TypeSerializer<ChangeRow>)
                (TypeSerializer<?>)
                        PipelineElementTypeInfo.INSTANCE.createSerializer(
                                new SerializerConfigImpl());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : started) {
            each.close();
        }
    }

    private void emit(PipelineElement... elements) throws Exception {
        for (PipelineElement element : elements) {
            task.processElement(new StreamRecord<>(element));
        }
    }

    private static ChangeRow row(String id) {
        return TestPipeline.row(TestPipeline.KEYED, id, "row " + id);
    }

    private List<Long> sequenceNumbers() {
        return task.extractOutputValues().stream().map(ChangeRow::sequence).toList();
    }

    @Test
    void forwardsRowsWithSequenceNumbersButNoPollMarkers() throws Exception {
        start(null);

        assertThat(gate.isOpen()).isTrue();
        emit(
                new PollStarted(1, TestPipeline.KEYED),
                row("1"),
                row("2"),
                new PollEnded(1, true, AS_OF));

        assertThat(sequenceNumbers()).containsExactly(1L, 2L);
    }

    @Test
    void reportsOnlyCommittedPollsToTheSource() throws Exception {
        start(null);
        emit(row("1"), new PollEnded(1, true, AS_OF));
        task.snapshot(7, 0);
        emit(row("2"), new PollEnded(2, true, AS_OF));

        assertThat(gate.acknowledgedPoll()).isZero();
        assertThat(gate.status().rowsWritten.get()).isZero();
        assertThat(gate.status().destination().state()).isEqualTo(MappingState.CATCHING_UP);

        task.notifyOfCompletedCheckpoint(7);

        assertThat(gate.acknowledgedPoll()).isEqualTo(1);
        assertThat(gate.status().rowsWritten.get()).isEqualTo(1);
        assertThat(gate.status().rowsQueued.get()).isEqualTo(1);
        assertThat(gate.status().deliveredAsOf()).contains(AS_OF);
    }

    @Test
    void countsRowsOfAnIncompleteCheckpointWithTheNextOne() throws Exception {
        start(null);
        emit(row("1"), new PollEnded(1, false, AS_OF));
        task.snapshot(7, 0);
        emit(row("2"), new PollEnded(2, false, AS_OF));
        task.snapshot(8, 0);
        task.notifyOfCompletedCheckpoint(8);

        assertThat(gate.acknowledgedPoll()).isEqualTo(2);
        assertThat(gate.status().rowsWritten.get()).isEqualTo(2);
        assertThat(gate.status().deliveredAsOf()).isEmpty();
        assertThat(gate.status().destination().state()).isEqualTo(MappingState.FINISHED);
    }

    @Test
    void resumesWithTheNextSequenceNumberAndCountsForwardedRowsAsWritten() throws Exception {
        start(null);
        emit(row("1"), row("2"), new PollEnded(1, true, AS_OF));
        OperatorSubtaskState state = task.snapshot(7, 0);

        start(state);
        emit(row("3"));

        assertThat(sequenceNumbers()).containsExactly(3L);
        assertThat(gate.acknowledgedPoll()).isEqualTo(1);
        assertThat(gate.status().rowsWritten.get()).isEqualTo(2);
    }

    @Test
    void forwardsRowsFromTheQueueOfWriteAheadDelivery() throws Exception {
        OneInputStreamOperatorTestHarness<PipelineElement, Void> writeAhead =
                new OneInputStreamOperatorTestHarness<>(
                        new WriteAheadOperator(
                                testPipeline.pipeline(), "before", RecoveryOptions.NONE));
        started.add(writeAhead);
        writeAhead.setup();
        writeAhead.open();
        // a row that no completed checkpoint holds is not sent
        await().until(
                        BackpressureGate.of(
                                        new PipelineKey(
                                                "before", testPipeline.pipeline().identity()))
                                ::isOpen);
        writeAhead.processElement(new StreamRecord<>(row("1")));
        writeAhead.processElement(new StreamRecord<>(new PollEnded(1, true, AS_OF)));
        OperatorSubtaskState state = writeAhead.snapshot(1, 0);

        start(state);
        emit(row("2"));
        task.snapshot(2, 0);
        task.notifyOfCompletedCheckpoint(2);

        assertThat(sequenceNumbers()).containsExactly(1L, 2L);
        assertThat(gate.acknowledgedPoll()).isEqualTo(1);
    }

    @Test
    void failsTheTaskWhenTheDestinationIsUnavailable() throws Exception {
        start(null);
        destination.becomeUnavailable();

        assertThatThrownBy(() -> emit(row("1"))).isInstanceOf(java.io.IOException.class);
    }

    @Test
    void holdsRowsAfterABarrierUntilEarlierRowsAreCommitted() throws Exception {
        startHoldingRows(null);
        emit(row("1"), row("2"));
        task.snapshot(7, 0);
        emit(row("1"), new PollEnded(1, true, AS_OF), row("3"));

        assertThat(sequenceNumbers()).containsExactly(1L, 2L);
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.status().rowsQueued.get()).isEqualTo(4);

        task.notifyOfCompletedCheckpoint(7);

        assertThat(sequenceNumbers()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(gate.isOpen()).isTrue();
        assertThat(gate.status().rowsQueued.get()).isEqualTo(2);
        assertThat(gate.acknowledgedPoll()).as("its rows are not committed yet").isZero();
        task.snapshot(8, 0);
        task.notifyOfCompletedCheckpoint(8);
        assertThat(gate.acknowledgedPoll()).isEqualTo(1);
        assertThat(gate.status().destination().state()).isEqualTo(MappingState.FINISHED);
    }

    @Test
    void holdsRowsUntilALaterCheckpointWhenOneDoesNotComplete() throws Exception {
        startHoldingRows(null);
        emit(row("1"));
        task.snapshot(7, 0);
        emit(row("1"));
        task.snapshot(8, 0);
        emit(row("1"));
        assertThat(sequenceNumbers()).containsExactly(1L);

        task.notifyOfCompletedCheckpoint(8);

        assertThat(sequenceNumbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void holdsNoRowsAfterABarrierWithoutEarlierRows() throws Exception {
        startHoldingRows(null);
        task.snapshot(7, 0);

        assertThat(gate.isOpen()).isTrue();
        emit(row("1"));

        assertThat(sequenceNumbers()).containsExactly(1L);
    }

    @Test
    void keepsHeldRowsInItsState() throws Exception {
        startHoldingRows(null);
        emit(row("1"));
        task.snapshot(7, 0);
        emit(row("2"), new PollEnded(1, true, AS_OF));
        OperatorSubtaskState state = task.snapshot(8, 0);

        startHoldingRows(state);

        assertThat(sequenceNumbers()).containsExactly(2L);
        assertThat(gate.isOpen()).isTrue();
        emit(row("3"));
        assertThat(sequenceNumbers()).containsExactly(2L, 3L);
        task.snapshot(9, 0);
        task.notifyOfCompletedCheckpoint(9);
        assertThat(gate.status().rowsWritten.get()).isEqualTo(3);
        assertThat(gate.status().rowsQueued.get()).isZero();
        assertThat(gate.acknowledgedPoll()).isEqualTo(1);
    }

    /**
     * The table may have to be altered for them, which uncommitted rows prevent with their locks.
     */
    @Test
    void holdsRowsOfAnotherSchemaUntilRowsOfThisOneAreCommitted() throws Exception {
        startHoldingRows(null);
        emit(row("1"), TestPipeline.row(TestPipeline.KEYLESS, "2", "other"), row("3"));
        assertThat(sequenceNumbers()).containsExactly(1L);
        assertThat(gate.isOpen()).isFalse();

        task.snapshot(7, 0);
        task.notifyOfCompletedCheckpoint(7);
        assertThat(sequenceNumbers()).containsExactly(1L, 2L);
        assertThat(gate.isOpen()).isFalse();

        task.snapshot(8, 0);
        task.notifyOfCompletedCheckpoint(8);
        assertThat(sequenceNumbers()).containsExactly(1L, 2L, 3L);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void forwardsRowsAfterABarrierToASinkWithoutLocks() throws Exception {
        start(null);
        emit(row("1"));
        task.snapshot(7, 0);
        emit(row("1"));

        assertThat(sequenceNumbers()).containsExactly(1L, 2L);
        assertThat(gate.isOpen()).isTrue();
    }

    /**
     * A run with the mapping disabled did not commit the rows, and the next one rolled them back.
     */
    @Test
    void failsWhenForwardedRowsAreMissingAtTheDestination() throws Exception {
        startHoldingRows(null);
        emit(row("1"), row("2"));
        task.snapshot(7, 0);
        emit(row("3"));
        OperatorSubtaskState state = task.snapshot(8, 0);
        destination.reportLastNumber(1);

        assertThatThrownBy(() -> startHoldingRows(state))
                .hasMessageStartingWith(
                        "the destination has lost row 2: a prepared transaction was rolled back")
                .hasMessageContaining("--reset orders", "--accept-loss orders");

        destination.reportLastNumber(2);
        startHoldingRows(state);
        assertThat(sequenceNumbers()).containsExactly(3L);
    }

    @Test
    void failsWhenTheDestinationOrTableWasReplaced() throws Exception {
        destination.reportLastNumber(0);
        start(null);
        emit(new PollStarted(1, TestPipeline.KEYED), row("1"), row("2"));
        OperatorSubtaskState state = task.snapshot(1, 0);
        destination.reportLastNumber(2);
        destination.replaceTable();
        start(state);
        assertThatThrownBy(() -> emit(row("3"))).isInstanceOf(RowsLostException.class);

        destination.empty();
        destination.reportLastNumber(2);
        assertThatThrownBy(() -> start(state))
                .isInstanceOf(RowsLostException.class)
                .hasMessageStartingWith(
                        "the destination has lost rows 1 to 2: its progress record");
        start(state, TransactionalOperator::acceptingLoss);
        emit(row("3"));
        assertThat(sequenceNumbers()).containsExactly(3L);
    }
}
