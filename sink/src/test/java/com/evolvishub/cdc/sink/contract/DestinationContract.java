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
 * The contract that delivery requires of every destination. A subclass creates clients of one
 * pipeline, provides an empty destination for each test, and reads its contents.
 */
public abstract class DestinationContract {

    private static final RowSchema SCHEMA = TestPipeline.KEYLESS;

    /** Creates a client of the test's pipeline. Opens nothing yet. */
    protected abstract DestinationClient client() throws Exception;

    /** The lines of all rows at the destination, as COPY text, in any order. */
    protected abstract List<String> contents() throws Exception;

    /** A row that the destination rejects because of its content. */
    protected abstract ChangeRow badRow();

    /**
     * Whether an interrupted batch is written completely or not at all. If not, the destination may
     * hold a prefix of it, and the next opening returns the last sequence number of that.
     */
    protected boolean writesBatchesWhole() {
        return true;
    }

    /**
     * Copies the destination: rows and progress record.
     *
     * @return replaces the contents with the copy, like a restored backup; empty: this destination
     *     cannot be restored in a test
     */
    protected Optional<Restore> copy() throws Exception {
        return Optional.empty();
    }

    /** Restores a copy, or resumes the destination. */
    @FunctionalInterface
    public interface Restore {
        void run() throws Exception;
    }

    /** Like {@link #client}, but with a short timeout. */
    protected abstract DestinationClient impatientClient() throws Exception;

    /**
     * Suspends the destination: connections stay open, but get no response.
     *
     * @return resumes it
     */
    protected abstract Restore hold() throws Exception;

    /** Removes rows and progress records, as if the database or topic was recreated. */
    protected abstract void empty() throws Exception;

    /** Deletes the table, topic or stream, and keeps the progress record. */
    protected abstract void drop() throws Exception;

    /** Creates an empty table, topic or stream, as another user would. */
    protected abstract void make() throws Exception;

    /**
     * Whether a write fails soon when the table, topic or stream does not exist, rather than
     * waiting for it.
     */
    protected boolean noticesADropAtOnce() {
        return true;
    }

    private static WriterIdentity writer(
            String run, String writer, boolean heldBefore, long runEpoch) {
        return new WriterIdentity(
                "file/orders", run, writer, "host of " + run, "orders", heldBefore, runEpoch);
    }

    private static WriterIdentity newWriter(String run) {
        return writer(run, "writer of " + run, false, 0);
    }

    private static ChangeRow row(long sequence) {
        return TestPipeline.row(SCHEMA, Long.toString(sequence), "row " + sequence)
                .withSequence(sequence);
    }

    private static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(DestinationContract::row).toList();
    }

    private static String[] lines(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(sequence -> sequence + "\trow " + sequence)
                .toArray(String[]::new);
    }

    @Test
    void storesRowsAndTheirLastSequenceNumber() throws Exception {
        try (DestinationClient client = client()) {
            RecoveredProgress recovered = client.open(newWriter("a"));
            assertThat(recovered.lastSequence()).isZero();
            assertThat(recovered.epoch()).isPositive();
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
    void raisesTheEpochAtEveryOpening() throws Exception {
        try (DestinationClient first = client();
                DestinationClient second = client()) {
            long epoch = first.open(newWriter("a")).epoch();
            assertThat(second.open(newWriter("b")).epoch()).isGreaterThan(epoch);
        }
    }

    @Test
    void fencesAStaleWriterAndNamesTheNewOne() throws Exception {
        try (DestinationClient stale = client();
                DestinationClient successor = client()) {
            stale.open(newWriter("a"));
            stale.prepare(SCHEMA);
            stale.write(rows(1, 2));
            assertThat(successor.open(newWriter("b")).lastSequence()).isEqualTo(2);
            successor.prepare(SCHEMA);
            assertThatThrownBy(() -> stale.write(rows(3, 4)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host host of b");
            successor.write(rows(3, 3));
            assertThatThrownBy(() -> stale.write(rows(3, 4))).isInstanceOf(Exception.class);
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 3));
    }

    @Test
    void doesNotLetAFencedRunTakeOverAgain() throws Exception {
        long ownEpoch;
        try (DestinationClient first = client()) {
            ownEpoch = first.open(newWriter("a")).epoch();
        }
        try (DestinationClient successor = client();
                DestinationClient fenced = client();
                DestinationClient restarted = client()) {
            successor.open(newWriter("b"));
            successor.prepare(SCHEMA);
            assertThatThrownBy(() -> fenced.open(writer("a", "writer of a", true, ownEpoch)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host host of b");
            assertThatThrownBy(() -> restarted.open(writer("a", "another writer", false, ownEpoch)))
                    .isInstanceOf(FencedException.class);
            successor.write(rows(1, 1));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 1));
    }

    @Test
    void letsARestartedTaskTakeOverFromItsOwnRun() throws Exception {
        long ownEpoch;
        try (DestinationClient first = client()) {
            ownEpoch = first.open(newWriter("a")).epoch();
        }
        try (DestinationClient restarted = client()) {
            assertThat(restarted.open(writer("a", "another writer", false, ownEpoch)).epoch())
                    .isGreaterThan(ownEpoch);
        }
    }

    @Test
    void letsAWriterOpenItsPipelineAgain() throws Exception {
        WriterIdentity writer = writer("a", "writer of a", true, 1);
        try (DestinationClient first = client()) {
            first.open(newWriter("a"));
        }
        try (DestinationClient second = client()) {
            second.open(writer);
        }
        // the response to that opening was lost: the writer still has the epoch before it
        try (DestinationClient third = client()) {
            third.open(writer);
            third.prepare(SCHEMA);
            third.write(rows(1, 1));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 1));
    }

    private static Progress openAs(DestinationClient client, String run) throws Exception {
        return client.open(newWriter(run)).progress();
    }

    /**
     * Delivers rows up to {@code last}; returns the progress that the pipeline's state then has.
     */
    private Progress deliverUpTo(long last) throws Exception {
        try (DestinationClient client = client()) {
            Progress found = openAs(client, "a");
            client.prepare(SCHEMA);
            if (last > found.lastSequence()) {
                client.write(rows(found.lastSequence() + 1, last));
            }
            return new Progress(
                    last, SequenceHistory.UNKNOWN, found.incarnation(), client.targetId());
        }
    }

    @Test
    void keepsTheIncarnationOfItsProgressRecord() throws Exception {
        Progress before = deliverUpTo(2);
        assertThat(before.incarnation()).isNotEmpty();
        assertThat(deliverUpTo(3).incarnation()).isEqualTo(before.incarnation());
        assertThat(deliverUpTo(3).targetId()).isEqualTo(before.targetId());
    }

    @Test
    void storesTheSequenceHistory() throws Exception {
        SequenceHistory ours = SequenceHistory.UNKNOWN.continuedBy("w1", 0);
        WriterIdentity writer =
                new WriterIdentity("file/orders", "a", "w1", "host", "orders", false, 0, ours);
        try (DestinationClient client = client()) {
            client.open(writer);
            client.prepare(SCHEMA);
            client.write(rows(1, 2));
        }
        try (DestinationClient next = client()) {
            SequenceHistory found = openAs(next, "b").sequenceHistory();
            assertThat(found.writerOf(2)).isEqualTo("w1");
        }
        try (DestinationClient next = client()) {
            assertThat(openAs(next, "c").sequenceHistory().writerOf(2)).isEqualTo("w1");
        }
    }

    @Test
    void returnsItsOlderProgressAfterARestore() throws Exception {
        deliverUpTo(3);
        Optional<Restore> copy = copy();
        assumeTrue(copy.isPresent(), "this destination is not set back in a test");
        Progress acknowledged = deliverUpTo(5);
        copy.get().run();
        try (DestinationClient client = client()) {
            client.expectProgress(acknowledged);
            Progress found = openAs(client, "b");
            assertThat(found.lastSequence()).isEqualTo(3);
            assertThat(found.incarnation()).isEqualTo(acknowledged.incarnation());
            client.expectProgress(acknowledged);
            client.prepare(SCHEMA);
            client.write(rows(4, 6));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 6));
    }

    @Test
    void failsAWriteAboveAProgressRecordThatIsOlderThanWritten() throws Exception {
        deliverUpTo(3);
        Optional<Restore> copy = copy();
        assumeTrue(copy.isPresent(), "this destination is not set back in a test");
        try (DestinationClient client = client()) {
            openAs(client, "b");
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
    void hasANewIncarnationAfterItWasEmptied() throws Exception {
        Progress acknowledged = deliverUpTo(3);
        empty();
        try (DestinationClient client = client()) {
            Progress found = openAs(client, "b");
            assertThat(found.lastSequence()).isZero();
            assertThat(found.incarnation()).isNotEmpty().isNotEqualTo(acknowledged.incarnation());
        }
    }

    @Test
    void doesNotRecreateATargetThatRowsWereDeliveredTo() throws Exception {
        Progress acknowledged = deliverUpTo(3);
        drop();
        try (DestinationClient client = client()) {
            assertThatThrownBy(
                            () -> {
                                client.expectProgress(acknowledged);
                                openAs(client, "b");
                                client.expectProgress(acknowledged);
                                client.prepare(SCHEMA);
                            })
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("lost rows 1 to 3")
                    .hasMessageContaining("--reset orders")
                    .hasMessageContaining("--accept-loss orders");
        }
        try (DestinationClient client = client()) {
            // the user continues without the rows
            client.expectProgress(Progress.NONE);
            openAs(client, "c");
            client.expectProgress(Progress.NONE);
            client.prepare(SCHEMA);
            client.write(rows(4, 4));
        }
        assertThat(contents()).containsExactly(lines(4, 4));
    }

    /**
     * A run is killed after it has written rows, but before a checkpoint holds their
     * acknowledgement: the state has them in the queue, but no target identity.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesNotCountUnacknowledgedRowsOfAReplacedTarget(boolean createdByOthers) throws Exception {
        deliverUpTo(3);
        try (DestinationClient again = client()) {
            assertThat(openAs(again, "b").lastSequence()).isEqualTo(3);
        }
        drop();
        if (createdByOthers) {
            make();
        }
        try (DestinationClient client = client()) {
            client.expectProgress(Progress.NONE);
            assertThat(openAs(client, "c").lastSequence()).isZero();
            client.expectProgress(Progress.NONE);
            client.prepare(SCHEMA);
            client.write(rows(1, 2));
        }
        // killed again
        try (DestinationClient client = client()) {
            client.expectProgress(Progress.NONE);
            assertThat(openAs(client, "d").lastSequence()).isEqualTo(2);
            client.prepare(SCHEMA);
            client.write(rows(3, 4));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(1, 4));
    }

    @Test
    void returnsTheTargetIfItHoldsTheRows() throws Exception {
        Progress acknowledged = deliverUpTo(3);
        try (DestinationClient client = client()) {
            assertThat(openAs(client, "b").targetId()).isEqualTo(acknowledged.targetId());
        }
        drop();
        make();
        try (DestinationClient client = client()) {
            assertThat(openAs(client, "c").targetId()).isEmpty();
        }
    }

    /** The same after acknowledged rows whose loss the user has accepted: those are not resent. */
    @Test
    void doesNotCountUnacknowledgedRowsOfAReplacedTargetAfterAcknowledgedOnes() throws Exception {
        Progress acknowledged = deliverUpTo(2);
        deliverUpTo(5);
        try (DestinationClient again = client()) {
            again.expectProgress(acknowledged);
            assertThat(openAs(again, "b").lastSequence()).isEqualTo(5);
        }
        drop();
        try (DestinationClient client = client()) {
            assertThatThrownBy(
                            () -> {
                                client.expectProgress(acknowledged);
                                Progress found = openAs(client, "c");
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
            assertThat(openAs(client, "d").lastSequence()).isEqualTo(2);
            client.expectProgress(accepted);
            client.prepare(SCHEMA);
            client.write(rows(3, 6));
        }
        assertThat(contents()).containsExactlyInAnyOrder(lines(3, 6));
    }

    @Test
    void failsAWriteWhenItsTargetIsDropped() throws Exception {
        try (DestinationClient client = client()) {
            openAs(client, "a");
            client.prepare(SCHEMA);
            client.write(rows(1, 3));
            assumeTrue(noticesADropAtOnce(), "the client of this destination waits for it");
            drop();
            assertThatThrownBy(() -> client.write(rows(4, 4))).isInstanceOf(Exception.class);
        }
    }

    @Test
    void neitherLosesNorDuplicatesRowsWhenABatchTimesOut() throws Exception {
        try (DestinationClient client = impatientClientWithRows(1, 2)) {
            Restore resume = hold();
            try {
                assertThatThrownBy(() -> client.write(rows(3, 5)))
                        .isNotInstanceOf(FencedException.class)
                        .isNotInstanceOf(RowRejectedException.class)
                        .satisfies(
                                e ->
                                        assertThat(client.classify((Exception) e))
                                                .isEqualTo(FailureKind.TRANSIENT));
            } finally {
                resume.run();
            }
        }
        try (DestinationClient next = client()) {
            long last = openAs(next, "b").lastSequence();
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
     * A client with a short timeout that has written these rows. On a machine that stalls, it may
     * time out on a healthy destination; a new client then continues after the rows that were
     * written.
     */
    private DestinationClient impatientClientWithRows(long from, long to) {
        return await().atMost(Duration.ofSeconds(100))
                .ignoreExceptions()
                .until(
                        () -> {
                            DestinationClient client = impatientClient();
                            try {
                                long last = openAs(client, "a").lastSequence();
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
    void writesNothingOfABatchWithARejectedRow() throws Exception {
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
    void neitherLosesNorDuplicatesRowsWhenTheConnectionIsClosedDuringAWrite(int workBeforeTheClose)
            throws Exception {
        long last = 0;
        try (DestinationClient client = client()) {
            last = client.open(newWriter("a")).lastSequence();
            client.prepare(SCHEMA);
            Runnable close = client::close;
            CompletableFuture<Void> closed =
                    CompletableFuture.runAsync(() -> spin(workBeforeTheClose)).thenRun(close);
            try {
                for (int batch = 0; batch < 20; batch++) {
                    client.write(rows(batch * 500L + 1, batch * 500L + 500));
                }
            } catch (FencedException e) {
                throw e;
            } catch (Exception e) {
                assertThat(client.classify(e)).isEqualTo(FailureKind.TRANSIENT);
            }
            closed.join();
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

    /** Spins for a fixed amount of work, independent of the machine's clock. */
    private static void spin(int units) {
        IntStream.range(0, units * 20_000).forEach(i -> Thread.onSpinWait());
    }
}
