package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeliveryQueueTest {

    private final AtomicLong shown = new AtomicLong();
    private final DeliveryQueue queue =
            new DeliveryQueue(DeliveryState.NEW, new QueueBounds(1000, 300), shown);

    private void rows(int count) {
        for (int i = 0; i < count; i++) {
            queue.add(TestLane.row(TestLane.KEYED, "1", "a"));
        }
    }

    @Test
    void numbersRowsAboveWhatTheDestinationHolds() {
        queue.opened(10);
        rows(2);
        assertThat(queue.lastNumber()).isEqualTo(12);
    }

    @Test
    void dropsRestoredRowsThatTheDestinationHoldsAndKeepsTheMarks() throws Exception {
        queue.opened(0);
        queue.add(new PollStarted(1, TestLane.KEYED));
        rows(2);
        queue.add(new PollEnded(1, true, Instant.EPOCH));
        rows(1);
        DeliveryQueue.Contents held = queue.snapshot(1);
        DeliveryState state =
                new DeliveryState(3, false, "", 0, 0, LaneTotals.NONE, held.elements());
        DeliveryQueue restored = new DeliveryQueue(state, QueueBounds.DEFAULT, shown);
        assertThat(restored.opened(2)).isEqualTo(2);
        assertThat(shown).hasValue(1);
        assertThat(restored.next().mark()).isPresent();
        restored.acknowledgeMark();
        assertThat(restored.next().mark()).isPresent();
        restored.acknowledgeMark();
        assertThat(restored.next().rows()).singleElement().returns(3L, row -> row.sequence());
    }

    @Test
    void keepsWhatIsBeingWrittenInEverySnapshot() throws Exception {
        queue.opened(0);
        queue.sendAtOnce(true);
        rows(2);
        assertThat(queue.next().rows()).hasSize(2);
        assertThat(queue.snapshot(1).elements()).hasSize(2);
        queue.acknowledge(2);
        assertThat(queue.snapshot(2).elements()).isEmpty();
    }

    @Test
    void doesNotMixSchemasInABatch() throws Exception {
        queue.opened(0);
        queue.sendAtOnce(true);
        rows(1);
        queue.add(new PollEnded(1, true, Instant.EPOCH));
        queue.add(new PollStarted(2, TestLane.KEYLESS));
        queue.add(TestLane.row(TestLane.KEYLESS, "2", "b"));
        assertThat(queue.next().rows()).hasSize(1);
        assertThat(queue.acknowledge(1)).isEmpty();
        assertThat(queue.next().mark()).get().isInstanceOf(PollEnded.class);
        queue.acknowledgeMark();
        assertThat(queue.snapshot(1).acknowledgedPoll()).isEqualTo(1);
        assertThat(queue.next().mark()).get().isInstanceOf(PollStarted.class);
    }

    @Test
    void isFullAboveItsBoundUntilHalfOfItIsGone() {
        queue.opened(0);
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
    void holdsLessWhenRowsNeedNotWait() {
        queue.opened(0);
        rows(5);
        assertThat(queue.isFull()).isFalse();
        queue.sendAtOnce(true);
        assertThat(queue.isFull()).isTrue();
    }

    @Test
    void releasesNothingForACheckpointThatNeverCompleted() {
        queue.opened(0);
        rows(1);
        assertThat(queue.snapshot(1).elements()).hasSize(1);
        rows(1);
        assertThat(queue.hasSendable()).isFalse();
        queue.complete(0);
        assertThat(queue.hasSendable()).isFalse();
        assertThat(List.of(queue.rows())).containsExactly(2L);
    }
}
