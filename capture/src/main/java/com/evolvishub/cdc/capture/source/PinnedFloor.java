package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.OpenTransaction;
import java.util.List;
import java.util.Objects;

/**
 * What an open transaction may still bring: rows at or above a watermark that lies below what was
 * read. Once it has ended, a poll reads from there again.
 *
 * @param virtualId see {@link OpenTransaction}
 * @param ids see {@link OpenTransaction}
 * @param who what is known of it, for people
 * @param since the database's time when it was first seen, in microseconds since 1970
 * @param floor it cannot have written anything lower; at the start: nothing is known
 * @param included whether it may have written at {@code floor} itself
 * @param poll number of the poll whose look saw it first
 * @param stage what is to be done about it
 */
record PinnedFloor(
        String virtualId,
        List<String> ids,
        String who,
        long since,
        WatermarkPosition floor,
        boolean included,
        long poll,
        Stage stage) {

    /** What is to be done about a floor. */
    enum Stage {
        /** Wait for the transaction's end. */
        OPEN,
        /** It has ended, and the poll under way reads from the floor. */
        SERVED,
        /**
         * The user does not wait any longer: nothing; it is only kept so as not to be seen anew.
         */
        LET_GO
    }

    PinnedFloor {
        Objects.requireNonNull(virtualId, "virtualId");
        ids = List.copyOf(ids);
        Objects.requireNonNull(who, "who");
        Objects.requireNonNull(floor, "floor");
        Objects.requireNonNull(stage, "stage");
    }

    boolean isOf(OpenTransaction open) {
        return open.is(virtualId, ids);
    }

    boolean isOpen() {
        return stage == Stage.OPEN;
    }

    /** Open again if the look shows the transaction open, or is of a time before it. */
    PinnedFloor asIn(Look look) {
        boolean goesOn = look.isBefore(ids) || look.open().stream().anyMatch(this::isOf);
        return goesOn ? at(Stage.OPEN) : this;
    }

    PinnedFloor at(Stage other) {
        return new PinnedFloor(virtualId, ids, who, since, floor, included, poll, other);
    }

    /** The same at another floor; what is at it counts. */
    PinnedFloor loweredTo(WatermarkPosition lower) {
        boolean same = lower.equals(floor);
        return new PinnedFloor(virtualId, ids, who, since, lower, !same || included, poll, stage);
    }

    /** The same, as it looks now: ids come late, and an application names itself late. */
    PinnedFloor seenAs(OpenTransaction open) {
        return new PinnedFloor(
                open.virtualId(), open.ids(), open.who(), since, floor, included, poll, stage);
    }
}
