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
 * What can be said of transactions that are open when nothing was read yet, where watermarks are no
 * times. Those that began before the highest watermark was asked for may have written anything:
 * they are given a second to end, so that short ones do not make the whole first load be read
 * again. The others took their watermarks later, and above it.
 *
 * @param highest the highest watermark that was visible; nothing: there was no row
 * @param older transactions that may have begun before
 */
record InitialTransactionSnapshot(
        Optional<String> highest, List<OpenTransaction> olderTransactions) {

    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(20);

    InitialTransactionSnapshot {
        olderTransactions = List.copyOf(olderTransactions);
    }

    /**
     * Looks.
     *
     * @param highestOf asks for one watermark, the highest
     */
    static InitialTransactionSnapshot take(
            SourceSession session, String highestOf, Waiter waiting, Clock clock)
            throws SQLException, WokenUpException {
        List<OpenTransaction> older =
                new ArrayList<>(TransactionSnapshot.take(session).openTransactions());
        Optional<String> highest = session.askForText(highestOf);
        older.addAll(TransactionSnapshot.take(session).openTransactions());
        Instant limit = clock.instant().plus(LONGEST);
        while (!older.isEmpty() && clock.instant().isBefore(limit)) {
            waiting.until(clock.instant().plus(STEP));
            List<OpenTransaction> open = TransactionSnapshot.take(session).openTransactions();
            older.removeIf(
                    one -> open.stream().noneMatch(o -> o.matches(one.virtualId(), one.ids())));
        }
        return new InitialTransactionSnapshot(highest, older);
    }

    /** Above what a transaction's watermarks must lie; at the start: nobody knows. */
    WatermarkPosition lowWatermarkOf(OpenTransaction open) {
        boolean isOlder =
                olderTransactions.stream()
                        .anyMatch(one -> open.matches(one.virtualId(), one.ids()));
        return isOlder
                ? WatermarkPosition.START
                : highest.map(WatermarkPosition::at).orElse(WatermarkPosition.START);
    }
}
