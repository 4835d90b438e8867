package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
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
public record PinnedLowWatermark(
        String virtualId,
        List<String> ids,
        String description,
        long since,
        WatermarkPosition lowWatermark,
        boolean included,
        long poll,
        Stage stage) {

    /** What is to be done about a floor. */
    public enum Stage {
        /** Wait for the transaction's end. */
        OPEN,
        /** It has ended, and the poll under way reads from the floor. */
        ENDED,
        /**
         * The user does not wait any longer: nothing; it is only kept so as not to be seen anew.
         */
        RELEASED
    }

    public PinnedLowWatermark {
        Objects.requireNonNull(virtualId, "virtualId");
        ids = List.copyOf(ids);
        Objects.requireNonNull(description, "who");
        Objects.requireNonNull(lowWatermark, "floor");
        Objects.requireNonNull(stage, "stage");
    }

    boolean matches(OpenTransaction open) {
        return open.matches(virtualId, ids);
    }

    boolean isOpen() {
        return stage == Stage.OPEN;
    }

    /** Open again if the look shows the transaction open, or is of a time before it. */
    PinnedLowWatermark asIn(TransactionSnapshot look) {
        boolean goesOn =
                look.isBefore(ids) || look.openTransactions().stream().anyMatch(this::matches);
        return goesOn ? at(Stage.OPEN) : this;
    }

    PinnedLowWatermark at(Stage other) {
        return new PinnedLowWatermark(
                virtualId, ids, description, since, lowWatermark, included, poll, other);
    }

    /** The same at another floor; what is at it counts. */
    PinnedLowWatermark loweredTo(WatermarkPosition lower) {
        boolean same = lower.equals(lowWatermark);
        return new PinnedLowWatermark(
                virtualId, ids, description, since, lower, !same || included, poll, stage);
    }

    /** The same, as it looks now: ids come late, and an application names itself late. */
    PinnedLowWatermark updatedFrom(OpenTransaction open) {
        return new PinnedLowWatermark(
                open.virtualId(),
                open.ids(),
                open.description(),
                since,
                lowWatermark,
                included,
                poll,
                stage);
    }
}
