package com.evolvishub.cdc.sink.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.state.DeliveryState;
import com.evolvishub.cdc.sink.state.PipelineTotals;
import com.evolvishub.cdc.sink.state.ReloadComparisonState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriteAheadQueueTest {

    private final AtomicLong rowsGauge = new AtomicLong();
    private final WriteAheadQueue queue = queue(DeliveryState.NEW, new QueueBounds(1000, 300));

    private WriteAheadQueue queue(DeliveryState state, QueueBounds bounds) {
        return new WriteAheadQueue(
                state, "us", bounds, Duration.ofSeconds(60), rowsGauge, Clock.systemUTC());
    }

    private static long open(WriteAheadQueue queue, long lastSequence) {
        return queue.onOpened(
                Progress.recorded(lastSequence, SequenceHistory.UNKNOWN, "i"),
                Math.min(lastSequence, queue.lastNumber()));
    }

    private void rows(int count) {
        for (int i = 0; i < count; i++) {
            queue.add(TestPipeline.row(TestPipeline.KEYED, "1", "a"));
        }
    }

    @Test
    void assignsSequenceNumbersAboveThoseAtTheDestination() {
        open(queue, 10);
        rows(2);
        assertThat(queue.lastNumber()).isEqualTo(12);
    }

    @Test
    void dropsRestoredRowsThatTheDestinationHoldsAndKeepsPollMarkers() throws Exception {
        open(queue, 0);
        queue.add(new PollStarted(1, TestPipeline.KEYED));
        rows(2);
        queue.add(new PollEnded(1, true, Instant.EPOCH));
        rows(1);
        WriteAheadQueue.Contents contents = queue.snapshot(1);
        DeliveryState state =
                new DeliveryState(
                        3,
                        false,
                        "",
                        0,
                        0,
                        PipelineTotals.NONE,
                        contents.acknowledged(),
                        contents.resendable(),
                        "",
                        ReloadComparisonState.NONE,
                        contents.elements());
        WriteAheadQueue restored = queue(state, QueueBounds.DEFAULT);
        assertThat(open(restored, 2)).isEqualTo(2);
        assertThat(rowsGauge).hasValue(1);
        assertThat(restored.next().marker()).isPresent();
        restored.acknowledgeMarker();
        assertThat(restored.next().marker()).isPresent();
        restored.acknowledgeMarker();
        assertThat(restored.next().rows()).singleElement().returns(3L, row -> row.sequence());
    }

    @Test
    void resendsRowsThatTheDestinationHasLostUnderTheSameSequenceNumbers() throws Exception {
        open(queue, 0);
        queue.sendImmediately(true);
        rows(4);
        queue.acknowledge(4);
        rows(1);
        assertThat(queue.resendableAbove()).isZero();
        assertThat(queue.onOpened(queue.acknowledged().at(2, ""), 2)).isEqualTo(-2);
        assertThat(queue.next().rows())
                .extracting(row -> row.sequence())
                .containsExactly(3L, 4L, 5L);
        queue.acknowledge(5);
        assertThat(queue.acknowledged().lastSequence()).isEqualTo(5);
    }

    @Test
    void keepsResendableRowsInACheckpoint() throws Exception {
        open(queue, 0);
        queue.sendImmediately(true);
        rows(3);
        queue.acknowledge(2);
        WriteAheadQueue.Contents contents = queue.snapshot(1);
        assertThat(contents.resendable().rows())
                .extracting(row -> row.sequence())
                .containsExactly(1L, 2L);
        assertThat(contents.resendable().above()).isZero();
        assertThat(contents.acknowledged().lastSequence()).isEqualTo(2);
    }

    @Test
    void evictsAcknowledgedRowsWhenTheQueueNeedsTheirMemory() {
        open(queue, 0);
        queue.sendImmediately(true);
        rows(12);
        queue.acknowledge(5);
        assertThat(queue.resendableAbove()).isPositive().isLessThan(5);
        assertThat(queue.isFull()).isTrue();
    }

    @Test
    void reassignsSequenceNumbersThatAnotherWriterHasUsed() throws Exception {
        open(queue, 0);
        rows(2);
        SequenceHistory theirs = SequenceHistory.UNKNOWN.continuedBy("them", 0);
        queue.onOpened(Progress.recorded(7, theirs, "i"), 0);
        queue.snapshot(1);
        assertThat(queue.hasSendable()).as("before a checkpoint holds the new numbers").isFalse();
        queue.checkpointComplete(1);
        assertThat(queue.next().rows()).extracting(row -> row.sequence()).containsExactly(8L, 9L);
    }

    @Test
    void keepsRowsInFlightInEverySnapshot() throws Exception {
        open(queue, 0);
        queue.sendImmediately(true);
        rows(2);
        assertThat(queue.next().rows()).hasSize(2);
        assertThat(queue.snapshot(1).elements()).hasSize(2);
        queue.acknowledge(2);
        assertThat(queue.snapshot(2).elements()).isEmpty();
    }

    @Test
    void doesNotMixSchemasInABatch() throws Exception {
        open(queue, 0);
        queue.sendImmediately(true);
        rows(1);
        queue.add(new PollEnded(1, true, Instant.EPOCH));
        queue.add(new PollStarted(2, TestPipeline.KEYLESS));
        queue.add(TestPipeline.row(TestPipeline.KEYLESS, "2", "b"));
        assertThat(queue.next().rows()).hasSize(1);
        assertThat(queue.acknowledge(1)).isEmpty();
        assertThat(queue.next().marker()).get().isInstanceOf(PollEnded.class);
        queue.acknowledgeMarker();
        assertThat(queue.snapshot(1).acknowledgedPoll()).isEqualTo(1);
        assertThat(queue.next().marker()).get().isInstanceOf(PollStarted.class);
    }

    @Test
    void staysFullAboveItsBoundUntilItIsHalfEmpty() {
        open(queue, 0);
        rows(9);
        assertThat(queue.isFull()).isFalse();
        rows(4);
        assertThat(queue.isFull()).isTrue();
        queue.acknowledge(4);
        assertThat(queue.isFull()).isTrue();
        queue.acknowledge(9);
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void hasASmallerBoundWhenRowsAreSentImmediately() {
        open(queue, 0);
        rows(5);
        assertThat(queue.isFull()).isFalse();
        queue.sendImmediately(true);
        assertThat(queue.isFull()).isTrue();
    }

    @Test
    void releasesNoRowsOfACheckpointThatNeverCompleted() {
        open(queue, 0);
        rows(1);
        assertThat(queue.snapshot(1).elements()).hasSize(1);
        rows(1);
        assertThat(queue.hasSendable()).isFalse();
        queue.checkpointComplete(0);
        assertThat(queue.hasSendable()).isFalse();
        assertThat(List.of(queue.rows())).containsExactly(2L);
    }
}
