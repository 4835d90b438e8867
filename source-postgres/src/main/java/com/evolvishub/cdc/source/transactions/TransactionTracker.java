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
 * What the looks at the source's transactions have told so far; part of a mapping's position.
 *
 * @param at up to which time the last look could show what was committed, in the database's text:
 *     the database's time, on a standby what was replayed; empty: there was none
 * @param atMicros the database's time then, in microseconds since 1970
 * @param pins floors of transactions that had not ended then
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

    /** Floors of transactions that have ended by this look: what they wrote is visible now. */
    public TransactionTracker markEnded(TransactionSnapshot look) {
        List<PinnedLowWatermark> rest = new ArrayList<>();
        for (PinnedLowWatermark pin : pins) {
            Optional<OpenTransaction> open =
                    look.openTransactions().stream().filter(pin::matches).findFirst();
            if (open.isPresent()) {
                rest.add(pin.updatedFrom(open.get()));
            } else if (look.isBefore(pin.ids())) {
                rest.add(pin);
            } else if (pin.stage() != Stage.RELEASED) {
                rest.add(pin.at(Stage.ENDED));
            }
        }
        return new TransactionTracker(asOf, asOfMicros, rest);
    }

    /**
     * Floors of transactions that the snapshot does not show as ended, although the look before it
     * did: behind a pooler the two may be another server's.
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
     * The transactions that are not known yet, of the look before a snapshot and the one inside.
     */
    public List<OpenTransaction> newTransactions(
            TransactionSnapshot before, TransactionSnapshot inside) {
        List<OpenTransaction> unknown = new ArrayList<>();
        for (OpenTransaction open : before.openTransactions()) {
            if (pins.stream().noneMatch(pin -> pin.matches(open))) {
                unknown.add(open);
            }
        }
        for (OpenTransaction late : inside.openTransactions()) {
            if (pins.stream().noneMatch(pin -> pin.matches(late))
                    && unknown.stream()
                            .noneMatch(one -> one.matches(late.virtualId(), late.ids()))) {
                unknown.add(late);
            }
        }
        return unknown;
    }

    /** Some of the pins, brought down to these floors: the database's clock has gone back. */
    public TransactionTracker lowered(List<PinnedLowWatermark> which, List<String> floors) {
        List<PinnedLowWatermark> changed = new ArrayList<>();
        for (PinnedLowWatermark pin : pins) {
            int place = which.indexOf(pin);
            changed.add(place < 0 ? pin : pin.loweredTo(WatermarkPosition.at(floors.get(place))));
        }
        return new TransactionTracker(asOf, asOfMicros, changed);
    }

    public TransactionTracker withPins(List<PinnedLowWatermark> more, TransactionSnapshot look) {
        List<PinnedLowWatermark> longer = new ArrayList<>(pins);
        longer.addAll(more);
        return new TransactionTracker(look.completeTo(), micros(look), longer);
    }

    /** Does not wait any longer for transactions that have been open for so long. */
    TransactionTracker releaseOlderThan(Duration longest, TransactionSnapshot look) {
        if (longest.isZero()) {
            return this;
        }
        long oldest = micros(look) - longest.toMillis() * 1000;
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

    /** The poll under way has read all that the ended transactions can have written. */
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

    /** The floor that was pinned first: of a type without distances the lowest. */
    Optional<PinnedLowWatermark> oldestOpen() {
        return openPins().stream()
                .min(java.util.Comparator.comparingLong(PinnedLowWatermark::poll));
    }

    public static long micros(TransactionSnapshot look) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, look.now());
    }
}
