package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.source.poll.OpenedPoll.Waiter;
import com.evolvishub.cdc.source.poll.WakeableWaiter.WokenUpException;
import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transactions that are open before the first poll, where watermarks are not times.
 * Transactions that began before the query for the highest watermark may have written any value.
 * They get one second to end, so that short ones do not cause the whole first load to be read
 * again. Later transactions write only higher watermarks.
 *
 * @param highest the highest visible watermark; empty: there was no row
 * @param olderTransactions transactions that may have begun before that query
 */
record InitialTransactionSnapshot(
        Optional<String> highest, List<OpenTransaction> olderTransactions) {

    private static final Duration MAX_WAIT = Duration.ofSeconds(1);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);

    InitialTransactionSnapshot {
        olderTransactions = List.copyOf(olderTransactions);
    }

    /**
     * Takes the snapshot and waits up to one second for older transactions to end.
     *
     * @param highestOf the query for the highest watermark
     */
    static InitialTransactionSnapshot take(
            SourceSession session, String highestOf, Waiter waiter, Clock clock)
            throws SQLException, WokenUpException {
        List<OpenTransaction> olderTransactions =
                new ArrayList<>(TransactionSnapshot.take(session).openTransactions());
        Optional<String> highest = session.askForText(highestOf);
        olderTransactions.addAll(TransactionSnapshot.take(session).openTransactions());
        Instant limit = clock.instant().plus(MAX_WAIT);
        while (!olderTransactions.isEmpty() && clock.instant().isBefore(limit)) {
            waiter.until(clock.instant().plus(CHECK_INTERVAL));
            List<OpenTransaction> open = TransactionSnapshot.take(session).openTransactions();
            olderTransactions.removeIf(
                    one -> open.stream().noneMatch(o -> o.matches(one.virtualId(), one.ids())));
        }
        return new InitialTransactionSnapshot(highest, olderTransactions);
    }

    /** The lower bound of a transaction's watermarks; the start if it is unknown. */
    WatermarkPosition lowWatermarkOf(OpenTransaction open) {
        boolean isOlder =
                olderTransactions.stream()
                        .anyMatch(one -> open.matches(one.virtualId(), one.ids()));
        return isOlder
                ? WatermarkPosition.START
                : highest.map(WatermarkPosition::at).orElse(WatermarkPosition.START);
    }
}
