package com.evolvishub.cdc.source;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is advanced. */
public final class ManualClock extends Clock {

    /** Its initial time, in milliseconds since 1970. */
    public static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private Instant now = Instant.ofEpochMilli(START);

    public void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
