package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.OpenTransaction;
import com.evolvishub.cdc.capture.source.PinnedFloor.Stage;
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
record Looks(String at, long atMicros, List<PinnedFloor> pins) {

    static final Looks NONE = new Looks("", 0, List.of());

    Looks {
        Objects.requireNonNull(at, "at");
        pins = List.copyOf(pins);
    }

    boolean isFirst() {
        return at.isEmpty();
    }

    /** Floors of transactions that have ended by this look: what they wrote is visible now. */
    Looks servingWhatEnded(Look look) {
        List<PinnedFloor> rest = new ArrayList<>();
        for (PinnedFloor pin : pins) {
            Optional<OpenTransaction> open = look.open().stream().filter(pin::isOf).findFirst();
            if (open.isPresent()) {
                rest.add(pin.seenAs(open.get()));
            } else if (look.isBefore(pin.ids())) {
                rest.add(pin);
            } else if (pin.stage() != Stage.LET_GO) {
                rest.add(pin.at(Stage.SERVED));
            }
        }
        return new Looks(at, atMicros, rest);
    }

    /**
     * Floors of transactions that the snapshot does not show as ended, although the look before it
     * did: behind a pooler the two may be another server's.
     */
    Looks reopening(Look inside) {
        return new Looks(
                at,
                atMicros,
                pins.stream()
                        .map(pin -> pin.stage() == Stage.SERVED ? pin.asIn(inside) : pin)
                        .toList());
    }

    /**
     * The transactions that are not known yet, of the look before a snapshot and the one inside.
     */
    List<OpenTransaction> unknown(Look before, Look inside) {
        List<OpenTransaction> unknown = new ArrayList<>();
        for (OpenTransaction open : before.open()) {
            if (pins.stream().noneMatch(pin -> pin.isOf(open))) {
                unknown.add(open);
            }
        }
        for (OpenTransaction late : inside.open()) {
            if (pins.stream().noneMatch(pin -> pin.isOf(late))
                    && unknown.stream().noneMatch(one -> one.is(late.virtualId(), late.ids()))) {
                unknown.add(late);
            }
        }
        return unknown;
    }

    /** Some of the pins, brought down to these floors: the database's clock has gone back. */
    Looks lowered(List<PinnedFloor> which, List<String> floors) {
        List<PinnedFloor> changed = new ArrayList<>();
        for (PinnedFloor pin : pins) {
            int place = which.indexOf(pin);
            changed.add(place < 0 ? pin : pin.loweredTo(WatermarkPosition.at(floors.get(place))));
        }
        return new Looks(at, atMicros, changed);
    }

    Looks pinning(List<PinnedFloor> more, Look look) {
        List<PinnedFloor> longer = new ArrayList<>(pins);
        longer.addAll(more);
        return new Looks(look.completeTo(), micros(look), longer);
    }

    /** Does not wait any longer for transactions that have been open for so long. */
    Looks lettingGo(Duration longest, Look look) {
        if (longest.isZero()) {
            return this;
        }
        long oldest = micros(look) - longest.toMillis() * 1000;
        return new Looks(
                at,
                atMicros,
                pins.stream()
                        .map(
                                pin ->
                                        pin.isOpen() && pin.since() < oldest
                                                ? pin.at(Stage.LET_GO)
                                                : pin)
                        .toList());
    }

    /** The poll under way has read all that the ended transactions can have written. */
    Looks served() {
        return new Looks(
                at, atMicros, pins.stream().filter(pin -> pin.stage() != Stage.SERVED).toList());
    }

    List<PinnedFloor> open() {
        return pins.stream().filter(PinnedFloor::isOpen).toList();
    }

    List<PinnedFloor> ended() {
        return pins.stream().filter(pin -> pin.stage() == Stage.SERVED).toList();
    }

    /** The floor that was pinned first: of a type without distances the lowest. */
    Optional<PinnedFloor> oldestOpen() {
        return open().stream().min(java.util.Comparator.comparingLong(PinnedFloor::poll));
    }

    static long micros(Look look) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, look.now());
    }
}
