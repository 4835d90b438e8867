package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.OpenTransaction;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.source.Opening.Waiting;
import com.evolvishub.cdc.capture.source.Pause.WokenUpException;
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
record FirstLook(Optional<String> highest, List<OpenTransaction> older) {

    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(20);

    FirstLook {
        older = List.copyOf(older);
    }

    /**
     * Looks.
     *
     * @param highestOf asks for one watermark, the highest
     */
    static FirstLook at(SourceSession session, String highestOf, Waiting waiting, Clock clock)
            throws SQLException, WokenUpException {
        List<OpenTransaction> older = new ArrayList<>(Look.at(session).open());
        Optional<String> highest = session.askForText(highestOf);
        older.addAll(Look.at(session).open());
        Instant limit = clock.instant().plus(LONGEST);
        while (!older.isEmpty() && clock.instant().isBefore(limit)) {
            waiting.until(clock.instant().plus(STEP));
            List<OpenTransaction> open = Look.at(session).open();
            older.removeIf(one -> open.stream().noneMatch(o -> o.is(one.virtualId(), one.ids())));
        }
        return new FirstLook(highest, older);
    }

    /** Above what a transaction's watermarks must lie; at the start: nobody knows. */
    WatermarkPosition floorOf(OpenTransaction open) {
        boolean isOlder = older.stream().anyMatch(one -> open.is(one.virtualId(), one.ids()));
        return isOlder
                ? WatermarkPosition.START
                : highest.map(WatermarkPosition::at).orElse(WatermarkPosition.START);
    }
}
