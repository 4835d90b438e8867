package com.evolvishub.cdc.sink.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What delivery relies on in every destination. A subclass gives clients of one and the same lane,
 * a fresh destination for each test, and looks at what is there.
 */
public abstract class DestinationContract {

    private static final RowSchema SCHEMA = TestPipeline.KEYLESS;

    /** A new client of the test's one lane, nothing opened yet. */
    protected abstract DestinationClient client() throws Exception;

    /** The lines of all rows at the destination, as COPY text, in any order. */
    protected abstract List<String> contents() throws Exception;

    /** A row that the destination refuses for what is in it. */
    protected abstract ChangeRow badRow();

    /**
     * Whether a batch that is cut off is there as a whole or not at all; if not, a prefix of it is
     * there, and the next opening tells how long it is.
     */
    protected boolean writesBatchesWhole() {
        return true;
    }

    /**
     * Keeps what is at the destination now, rows and progress record.
     *
     * @return puts it back in the place of what is there then, as a restored backup does; empty:
     *     this destination cannot be set back in a test
     */
    protected Optional<Restore> copy() throws Exception {
        return Optional.empty();
    }

    /** Puts back what was copied. */
    @FunctionalInterface
    public interface Restore {
        void run() throws Exception;
    }

    /** Like {@link #client}, but gives up soon when the destination does not answer. */
    protected abstract DestinationClient impatientClient() throws Exception;

    /**
     * Holds the destination still: connections stay, and nothing is answered.
     *
     * @return lets it go on
     */
    protected abstract Restore hold() throws Exception;

    /** Removes rows and progress records, as a database or topic that was made anew. */
    protected abstract void empty() throws Exception;

    /** Removes table, topic or stream, and leaves the progress record. */
    protected abstract void drop() throws Exception;

    /** Makes table, topic or stream where there is none, empty, as somebody else than the tool. */
    protected abstract void make() throws Exception;

    /**
     * Whether a write ends soon when table, topic or stream is gone, rather than waiting for it.
     */
    protected boolean noticesADropAtOnce() {
        return true;
    }

    private static WriterIdentity lane(String run, String writer, boolean held, long runEpoch) {
        return new WriterIdentity(
                "file/orders", run, writer, "host of " + run, "orders", held, runEpoch);
    }

    private static WriterIdentity newWriter(String run) {
        return lane(run, "writer of " + run, false, 0);
    }

    private static ChangeRow row(long number) {
        return TestPipeline.row(SCHEMA, Long.toString(number), "row " + number)
                .withSequence(number);
    }

    private static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(DestinationContract::row).toList();
    }

    private static String[] lines(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(number -> number + "\trow " + number)
                .toArray(String[]::new);
    }

    @Test
    void keepsRowsAndTheirLastNumber() throws Exception {
        try (DestinationClient client = client()) {
            RecoveredProgress opening = client.open(newWriter("a"));
            assertThat(opening.lastSequence()).isZero();
            assertThat(opening.epoch()).isPositive();
            client.prepare(SCHEMA);
            client.write(rows(1, 3));
            client.write(rows(4, 5));
        }
        try (DestinationClient next = client()) {
            assertThat(next.open(newWriter("b")).lastSequence()).isEqualTo(5);
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 5));
    }

    @Test
    void raisesTheEpochWithEveryOpening() throws Exception {
        try (DestinationClient first = client();
                DestinationClient second = client()) {
            long epoch = first.open(newWriter("a")).epoch();
            assertThat(second.open(newWriter("b")).epoch()).isGreaterThan(epoch);
        }
    }

    @Test
    void refusesAWriterWhoseLaneWasTakenAndNamesTheTaker() throws Exception {
        try (DestinationClient zombie = client();
                DestinationClient taker = client()) {
            zombie.open(newWriter("a"));
            zombie.prepare(SCHEMA);
            zombie.write(rows(1, 2));
            assertThat(taker.open(newWriter("b")).lastSequence()).isEqualTo(2);
            taker.prepare(SCHEMA);
            assertThatThrownBy(() -> zombie.write(rows(3, 4)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host host of b");
            taker.write(rows(3, 3));
            assertThatThrownBy(() -> zombie.write(rows(3, 4))).isInstanceOf(Exception.class);
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 3));
    }

    @Test
    void doesNotLetAFencedRunFenceBack() throws Exception {
        long held;
        try (DestinationClient first = client()) {
            held = first.open(newWriter("a")).epoch();
        }
        try (DestinationClient taker = client();
                DestinationClient back = client();
                DestinationClient restarted = client()) {
            taker.open(newWriter("b"));
            taker.prepare(SCHEMA);
            assertThatThrownBy(() -> back.open(lane("a", "writer of a", true, held)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host host of b");
            assertThatThrownBy(() -> restarted.open(lane("a", "another writer", false, held)))
                    .isInstanceOf(FencedException.class);
            taker.write(rows(1, 1));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 1));
    }

    @Test
    void letsARestartedTaskTakeTheLaneFromItsOwnRun() throws Exception {
        long held;
        try (DestinationClient first = client()) {
            held = first.open(newWriter("a")).epoch();
        }
        try (DestinationClient restarted = client()) {
            assertThat(restarted.open(lane("a", "another writer", false, held)).epoch())
                    .isGreaterThan(held);
        }
    }

    @Test
    void letsAWriterReopenWhatItHolds() throws Exception {
        WriterIdentity lane = lane("a", "writer of a", true, 1);
        try (DestinationClient first = client()) {
            first.open(newWriter("a"));
        }
        try (DestinationClient second = client()) {
            second.open(lane);
        }
        // the answer to that one was lost: the writer still names the epoch before it
        try (DestinationClient third = client()) {
            third.open(lane);
            third.prepare(SCHEMA);
            third.write(rows(1, 1));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 1));
    }

    private static Progress opened(DestinationClient client, String run) throws Exception {
        return client.open(newWriter(run)).progress();
    }

    /** What the pipeline's state knows once all of it was delivered. */
    private Progress delivered(long rows) throws Exception {
        try (DestinationClient client = client()) {
            Progress found = opened(client, "a");
            client.prepare(SCHEMA);
            if (rows > found.lastSequence()) {
                client.write(rows(found.lastSequence() + 1, rows));
            }
            return new Progress(
                    rows, SequenceHistory.UNKNOWN, found.incarnation(), client.targetId());
        }
    }

    @Test
    void keepsTheIncarnationOfItsProgressRecord() throws Exception {
        Progress before = delivered(2);
        assertThat(before.incarnation()).isNotEmpty();
        assertThat(delivered(3).incarnation()).isEqualTo(before.incarnation());
        assertThat(delivered(3).targetId()).isEqualTo(before.targetId());
    }

    @Test
    void tellsWhoNumberedItsRows() throws Exception {
        SequenceHistory ours = SequenceHistory.UNKNOWN.continuedBy("w1", 0);
        WriterIdentity lane =
                new WriterIdentity("file/orders", "a", "w1", "host", "orders", false, 0, ours);
        try (DestinationClient client = client()) {
            client.open(lane);
            client.prepare(SCHEMA);
            client.write(rows(1, 2));
        }
        try (DestinationClient next = client()) {
            SequenceHistory found = opened(next, "b").sequenceHistory();
            assertThat(found.writerOf(2)).isEqualTo("w1");
        }
        try (DestinationClient next = client()) {
            assertThat(opened(next, "c").sequenceHistory().writerOf(2)).isEqualTo("w1");
        }
    }

    @Test
    void tellsOfItsOlderStateWhenItWasRestored() throws Exception {
        delivered(3);
        Optional<Restore> copy = copy();
        assumeTrue(copy.isPresent(), "this destination is not set back in a test");
        Progress acknowledged = delivered(5);
        copy.get().run();
        try (DestinationClient client = client()) {
            client.expectProgress(acknowledged);
            Progress found = opened(client, "b");
            assertThat(found.lastSequence()).isEqualTo(3);
            assertThat(found.incarnation()).isEqualTo(acknowledged.incarnation());
            client.expectProgress(acknowledged);
            client.prepare(SCHEMA);
            client.write(rows(4, 6));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 6));
    }

    @Test
    void doesNotLetAWriterGoOnAboveAStateThatIsOlderThanItLeft() throws Exception {
        delivered(3);
        Optional<Restore> copy = copy();
        assumeTrue(copy.isPresent(), "this destination is not set back in a test");
        try (DestinationClient client = client()) {
            opened(client, "b");
            client.prepare(SCHEMA);
            client.write(rows(4, 5));
            copy.get().run();
            assertThatThrownBy(() -> client.write(rows(6, 6)))
                    .isNotInstanceOf(FencedException.class)
                    .isNotInstanceOf(RowRejectedException.class)
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(FailureKind.TRANSIENT));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 3));
    }

    @Test
    void isAnotherIncarnationOnceItWasEmptied() throws Exception {
        Progress acknowledged = delivered(3);
        empty();
        try (DestinationClient client = client()) {
            Progress found = opened(client, "b");
            assertThat(found.lastSequence()).isZero();
            assertThat(found.incarnation()).isNotEmpty().isNotEqualTo(acknowledged.incarnation());
        }
    }

    @Test
    void doesNotMakeAnewWhatRowsWereDeliveredTo() throws Exception {
        Progress acknowledged = delivered(3);
        drop();
        try (DestinationClient client = client()) {
            assertThatThrownBy(
                            () -> {
                                client.expectProgress(acknowledged);
                                opened(client, "b");
                                client.expectProgress(acknowledged);
                                client.prepare(SCHEMA);
                            })
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("lost rows 1 to 3")
                    .hasMessageContaining("--reset orders")
                    .hasMessageContaining("--accept-loss orders");
        }
        try (DestinationClient client = client()) {
            // the user goes on all the same
            client.expectProgress(Progress.NONE);
            opened(client, "c");
            client.expectProgress(Progress.NONE);
            client.prepare(SCHEMA);
            client.write(rows(4, 4));
        }
        assertThat(contents()).containsExactly(lines(4, 4));
    }

    /**
     * A run is killed after it has written rows, and before a checkpoint keeps that they were
     * acknowledged: the state has them in the queue, and knows of no table or topic.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void countsNoRowsThatAnotherTableOrTopicHadBeforeTheFirstAcknowledgement(boolean madeByOthers)
            throws Exception {
        delivered(3);
        try (DestinationClient again = client()) {
            assertThat(opened(again, "b").lastSequence()).isEqualTo(3);
        }
        drop();
        if (madeByOthers) {
            make();
        }
        try (DestinationClient client = client()) {
            client.expectProgress(Progress.NONE);
            assertThat(opened(client, "c").lastSequence()).isZero();
            client.expectProgress(Progress.NONE);
            client.prepare(SCHEMA);
            client.write(rows(1, 2));
        }
        // killed once more
        try (DestinationClient client = client()) {
            client.expectProgress(Progress.NONE);
            assertThat(opened(client, "d").lastSequence()).isEqualTo(2);
            client.prepare(SCHEMA);
            client.write(rows(3, 4));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 4));
    }

    @Test
    void tellsThatItsRowsAreInTheTableOrTopicThatIsThere() throws Exception {
        Progress acknowledged = delivered(3);
        try (DestinationClient client = client()) {
            assertThat(opened(client, "b").targetId()).isEqualTo(acknowledged.targetId());
        }
        drop();
        make();
        try (DestinationClient client = client()) {
            assertThat(opened(client, "c").targetId()).isEmpty();
        }
    }

    /** The same behind rows whose loss the user has accepted: these stay away. */
    @Test
    void countsNoRowsThatAnotherTableOrTopicHadBehindThoseOfTheState() throws Exception {
        Progress acknowledged = delivered(2);
        delivered(5);
        try (DestinationClient again = client()) {
            again.expectProgress(acknowledged);
            assertThat(opened(again, "b").lastSequence()).isEqualTo(5);
        }
        drop();
        try (DestinationClient client = client()) {
            assertThatThrownBy(
                            () -> {
                                client.expectProgress(acknowledged);
                                Progress found = opened(client, "c");
                                client.expectProgress(
                                        acknowledged.at(
                                                found.lastSequence(), acknowledged.targetId()));
                                client.prepare(SCHEMA);
                            })
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("lost rows 1 to 2:");
        }
        Progress accepted = acknowledged.deliveredTo("");
        try (DestinationClient client = client()) {
            client.expectProgress(accepted);
            assertThat(opened(client, "d").lastSequence()).isEqualTo(2);
            client.expectProgress(accepted);
            client.prepare(SCHEMA);
            client.write(rows(3, 6));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(3, 6));
    }

    @Test
    void noticesThatItsTableOrTopicIsMadeAnewWhileRowsFlow() throws Exception {
        try (DestinationClient client = client()) {
            opened(client, "a");
            client.prepare(SCHEMA);
            client.write(rows(1, 3));
            assumeTrue(noticesADropAtOnce(), "the client of this destination waits for it");
            drop();
            assertThatThrownBy(() -> client.write(rows(4, 4))).isInstanceOf(Exception.class);
        }
    }

    @Test
    void losesAndDoublesNoneWhenABatchIsNotDoneInTime() throws Exception {
        try (DestinationClient client = impatientClientWithRows(1, 2)) {
            Restore goOn = hold();
            try {
                assertThatThrownBy(() -> client.write(rows(3, 5)))
                        .isNotInstanceOf(FencedException.class)
                        .isNotInstanceOf(RowRejectedException.class)
                        .satisfies(
                                e ->
                                        assertThat(client.classify((Exception) e))
                                                .isEqualTo(FailureKind.TRANSIENT));
            } finally {
                goOn.run();
            }
        }
        try (DestinationClient next = client()) {
            long last = opened(next, "b").lastSequence();
            assertThat(last).isBetween(2L, 5L);
            if (writesBatchesWhole()) {
                assertThat(last).isIn(2L, 5L);
            }
            next.prepare(SCHEMA);
            next.write(rows(last + 1, 6));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 6));
    }

    /**
     * An impatient client that has written these rows. On a machine that stands still for a moment
     * it gives up a destination that is well, as often as that happens; what it then has written is
     * asked of the next one.
     */
    private DestinationClient impatientClientWithRows(long from, long to) {
        return await().atMost(Duration.ofSeconds(100))
                .ignoreExceptions()
                .until(
                        () -> {
                            DestinationClient client = impatientClient();
                            try {
                                long last = opened(client, "a").lastSequence();
                                client.prepare(SCHEMA);
                                if (last < to) {
                                    client.write(rows(Math.max(from, last + 1), to));
                                }
                                return client;
                            } catch (Exception e) {
                                client.close();
                                throw e;
                            }
                        },
                        client -> true);
    }

    @Test
    void writesNothingOfABatchWithABadRow() throws Exception {
        try (DestinationClient client = client()) {
            client.open(newWriter("a"));
            client.prepare(SCHEMA);
            List<ChangeRow> batch = new ArrayList<>(rows(1, 2));
            batch.add(badRow().withSequence(3));
            assertThatThrownBy(() -> client.write(batch)).isInstanceOf(RowRejectedException.class);
            assertThat(contents()).isEmpty();
            client.write(rows(1, 2));
        }
        try (DestinationClient next = client()) {
            assertThat(next.open(newWriter("b")).lastSequence()).isEqualTo(2);
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 8, 16, 32, 64, 128})
    void losesAndDoublesNoneWhenCutOffAnywhere(int piecesBeforeTheCut) throws Exception {
        long last = 0;
        try (DestinationClient client = client()) {
            last = client.open(newWriter("a")).lastSequence();
            client.prepare(SCHEMA);
            Runnable close = client::close;
            CompletableFuture<Void> cut =
                    CompletableFuture.runAsync(() -> spin(piecesBeforeTheCut)).thenRun(close);
            try {
                for (int batch = 0; batch < 20; batch++) {
                    client.write(rows(batch * 500L + 1, batch * 500L + 500));
                }
            } catch (FencedException e) {
                throw e;
            } catch (Exception e) {
                assertThat(client.classify(e)).isEqualTo(FailureKind.TRANSIENT);
            }
            cut.join();
        }
        try (DestinationClient next = client()) {
            last = next.open(newWriter("b")).lastSequence();
            if (writesBatchesWhole()) {
                assertThat(last % 500).isZero();
            }
            next.prepare(SCHEMA);
            if (last < 10_000) {
                next.write(rows(last + 1, 10_000));
            }
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 10_000));
    }

    /** As long as so many pieces of work take, whatever the machine. */
    private static void spin(int pieces) {
        IntStream.range(0, pieces * 20_000).forEach(i -> Thread.onSpinWait());
    }
}
