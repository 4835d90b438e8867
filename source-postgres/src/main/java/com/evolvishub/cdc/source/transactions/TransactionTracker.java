package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark.Stage;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of the source's transactions so far; part of a mapping's position.
 *
 * @param asOf time up to which the last transaction snapshot could show commits, in the database's
 *     text: the database's time, on a standby the replayed time; empty: there was no snapshot
 * @param asOfMicros the database's time of that snapshot, in microseconds since 1970
 * @param pins low watermarks of the transactions that had not ended then
 */
public record TransactionTracker(String asOf, long asOfMicros, List<PinnedLowWatermark> pins) {

    public static final TransactionTracker NONE = new TransactionTracker("", 0, List.of());

    public TransactionTracker {
        Objects.requireNonNull(asOf, "at");
        pins = List.copyOf(pins);
    }

    public boolean isFirst() {
        return asOf.isEmpty();
    }

    /**
     * Marks the pins of transactions that have ended by this snapshot: their rows are visible now.
     */
    public TransactionTracker markEnded(TransactionSnapshot snapshot) {
        List<PinnedLowWatermark> remaining = new ArrayList<>();
        for (PinnedLowWatermark pin : pins) {
            Optional<OpenTransaction> open =
                    snapshot.openTransactions().stream().filter(pin::matches).findFirst();
            if (open.isPresent()) {
                remaining.add(pin.updatedFrom(open.get()));
            } else if (snapshot.isBefore(pin.ids())) {
                remaining.add(pin);
            } else if (pin.stage() != Stage.RELEASED) {
                remaining.add(pin.at(Stage.ENDED));
            }
        }
        return new TransactionTracker(asOf, asOfMicros, remaining);
    }

    /**
     * Opens pins again whose transactions the database snapshot does not show as ended, although
     * the transaction snapshot before it did: behind a pooler the two may come from different
     * servers.
     */
    public TransactionTracker reopening(TransactionSnapshot inside) {
        return new TransactionTracker(
                asOf,
                asOfMicros,
                pins.stream()
                        .map(pin -> pin.stage() == Stage.ENDED ? pin.asIn(inside) : pin)
                        .toList());
    }

    /**
     * The transactions without a pin, of the transaction snapshots before and inside a database
     * snapshot.
     */
    public List<OpenTransaction> newTransactions(
            TransactionSnapshot before, TransactionSnapshot inside) {
        List<OpenTransaction> newTransactions = new ArrayList<>();
        for (OpenTransaction open : before.openTransactions()) {
            if (pins.stream().noneMatch(pin -> pin.matches(open))) {
                newTransactions.add(open);
            }
        }
        for (OpenTransaction inner : inside.openTransactions()) {
            if (pins.stream().noneMatch(pin -> pin.matches(inner))
                    && newTransactions.stream()
                            .noneMatch(one -> one.matches(inner.virtualId(), inner.ids()))) {
                newTransactions.add(inner);
            }
        }
        return newTransactions;
    }

    /** Lowers some of the pins to these watermarks after the database's clock has gone back. */
    public TransactionTracker lowered(
            List<PinnedLowWatermark> selected, List<String> lowWatermarks) {
        List<PinnedLowWatermark> changed = new ArrayList<>();
        for (PinnedLowWatermark pin : pins) {
            int index = selected.indexOf(pin);
            changed.add(
                    index < 0
                            ? pin
                            : pin.loweredTo(WatermarkPosition.at(lowWatermarks.get(index))));
        }
        return new TransactionTracker(asOf, asOfMicros, changed);
    }

    public TransactionTracker withPins(
            List<PinnedLowWatermark> more, TransactionSnapshot snapshot) {
        List<PinnedLowWatermark> extended = new ArrayList<>(pins);
        extended.addAll(more);
        return new TransactionTracker(snapshot.completeTo(), micros(snapshot), extended);
    }

    /** Releases the pins of transactions that have been open for longer than this. */
    TransactionTracker releaseOlderThan(Duration maximum, TransactionSnapshot snapshot) {
        if (maximum.isZero()) {
            return this;
        }
        long oldest = micros(snapshot) - maximum.toMillis() * 1000;
        return new TransactionTracker(
                asOf,
                asOfMicros,
                pins.stream()
                        .map(
                                pin ->
                                        pin.isOpen() && pin.since() < oldest
                                                ? pin.at(Stage.RELEASED)
                                                : pin)
                        .toList());
    }

    /** The running poll has read everything that the ended transactions can have written. */
    public TransactionTracker withoutEnded() {
        return new TransactionTracker(
                asOf, asOfMicros, pins.stream().filter(pin -> pin.stage() != Stage.ENDED).toList());
    }

    public List<PinnedLowWatermark> openPins() {
        return pins.stream().filter(PinnedLowWatermark::isOpen).toList();
    }

    public List<PinnedLowWatermark> ended() {
        return pins.stream().filter(pin -> pin.stage() == Stage.ENDED).toList();
    }

    /** The pin that was set first; for a type without distances it is the lowest. */
    Optional<PinnedLowWatermark> oldestOpen() {
        return openPins().stream()
                .min(java.util.Comparator.comparingLong(PinnedLowWatermark::poll));
    }

    public static long micros(TransactionSnapshot snapshot) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, snapshot.now());
    }
}
