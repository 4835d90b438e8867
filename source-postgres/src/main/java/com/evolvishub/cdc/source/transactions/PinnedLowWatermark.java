package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.List;
import java.util.Objects;

/**
 * The low watermark of an open transaction: the lowest watermark of rows that it may still commit
 * below the position. Once the transaction has ended, a poll reads from there again.
 *
 * @param virtualId see {@link OpenTransaction}
 * @param ids see {@link OpenTransaction}
 * @param description human-readable description of the transaction
 * @param since the database's time when it was first seen, in microseconds since 1970
 * @param lowWatermark the transaction cannot have written a lower one; the start: unknown
 * @param included whether it may have written {@code lowWatermark} itself
 * @param poll number of the poll whose transaction snapshot first contained it
 * @param stage state of the pin
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

    /** State of a pinned low watermark. */
    public enum Stage {
        /** The transaction has not ended. */
        OPEN,
        /** The transaction has ended, and the running poll reads from its low watermark. */
        ENDED,
        /**
         * The pin exceeded its maximum age. It is kept only so that the transaction is not pinned
         * again.
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

    /** Opens the pin again if the snapshot contains the transaction or precedes it. */
    PinnedLowWatermark asIn(TransactionSnapshot snapshot) {
        boolean open =
                snapshot.isBefore(ids)
                        || snapshot.openTransactions().stream().anyMatch(this::matches);
        return open ? at(Stage.OPEN) : this;
    }

    PinnedLowWatermark at(Stage other) {
        return new PinnedLowWatermark(
                virtualId, ids, description, since, lowWatermark, included, poll, other);
    }

    /** The same pin with another low watermark, which is then included. */
    PinnedLowWatermark loweredTo(WatermarkPosition lower) {
        boolean same = lower.equals(lowWatermark);
        return new PinnedLowWatermark(
                virtualId, ids, description, since, lower, !same || included, poll, stage);
    }

    /** The same pin with current data: transaction ids and application names may be set late. */
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
