package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.LaneStatus;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people which transactions make polls reach back, and for how long. */
final class FloorWatch {

    private static final Logger LOG = LoggerFactory.getLogger(FloorWatch.class);
    private static final Duration WORTH_TELLING = Duration.ofMinutes(1);

    private final String mapping;
    private final LaneStatus status;
    private String told = "";

    FloorWatch(String mapping, LaneStatus status) {
        this.mapping = mapping;
        this.status = status;
    }

    /** See {@link Looks#lettingGo}. */
    Looks lettingGo(Looks looks, Duration longest, Look look) {
        Looks after = looks.lettingGo(longest, look);
        for (PinnedFloor pin : looks.open()) {
            if (after.open().stream().noneMatch(one -> one.virtualId().equals(pin.virtualId()))) {
                LOG.warn(
                        "{}: {} has been open for longer than max_pin_seconds; rows that it brings below the position will not be seen",
                        mapping,
                        pin.who());
            }
        }
        return after;
    }

    /** Shows the floor that lies furthest back; logs it once, when it has been held for long. */
    void show(Looks looks, Look look, WatermarkScale scale) {
        Optional<PinnedFloor> oldest = looks.oldestOpen();
        if (oldest.isEmpty()) {
            status.floor(replay(look));
            told = "";
            return;
        }
        PinnedFloor pin = oldest.get();
        Duration held = Duration.ofMillis(Math.max(0, (Looks.micros(look) - pin.since()) / 1000));
        status.floor(
                "re-read floor %s, held for %s by %s"
                        .formatted(back(pin, look, scale), words(held), pin.who()));
        if (held.compareTo(WORTH_TELLING) > 0 && !told.equals(pin.virtualId())) {
            told = pin.virtualId();
            LOG.warn("{}: {}", mapping, status.floor());
        }
    }

    /** How far replay has come, where that is far behind; empty: near, or no standby. */
    private static String replay(Look look) {
        long behind = Looks.micros(look) - WatermarkScale.TIME.place(look.completeTo());
        boolean worthTelling = look.replica() && behind > WORTH_TELLING.toMillis() * 2000;
        return worthTelling
                ? "the standby has replayed what its primary committed until " + look.completeTo()
                : "";
    }

    private static String back(PinnedFloor pin, Look look, WatermarkScale scale) {
        if (pin.floor().isStart()) {
            return "at the start";
        }
        String value = pin.floor().values().get(0);
        long place = scale.place(value);
        boolean time = scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
        if (!time || place == WatermarkScale.NOWHERE || place == Long.MIN_VALUE) {
            return "at " + value;
        }
        return words(Duration.ofMillis(Math.max(0, (Looks.micros(look) - place) / 1000))) + " back";
    }

    private static String words(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }
}
