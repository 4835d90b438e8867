package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a lane has come, as far as that decides what may be forgotten. A type without distances
 * is counted in ties: each watermark that differs from the one before it is one more.
 *
 * @param highest the highest place read; goes back when the database's clock does
 * @param sentTo the highest place that was ever sent: what lies above was not
 * @param tie number of the highest watermark's tie
 * @param last that watermark
 * @param polls at which tie each poll began, rising
 */
record EvictionBound(long highest, long sentTo, long tie, ByteBuffer last, List<PollStart> polls) {

    static final EvictionBound EMPTY =
            new EvictionBound(Long.MIN_VALUE, Long.MIN_VALUE, 0, ByteBuffer.allocate(0), List.of());

    /**
     * Where a poll began.
     *
     * @param poll its number
     * @param tie the highest tie then
     */
    record PollStart(long poll, long tie) {}

    EvictionBound {
        polls = List.copyOf(polls);
    }

    EvictionBound startingPoll(long poll) {
        List<PollStart> longer = new ArrayList<>(polls);
        longer.add(new PollStart(poll, tie));
        return new EvictionBound(highest, sentTo, tie, last, longer);
    }

    /** Lets go of polls before the one that says what is remembered from {@code floorPoll} on. */
    EvictionBound rememberingPollsFrom(long floorPoll) {
        int first = 0;
        while (first + 1 < polls.size() && polls.get(first + 1).poll() <= floorPoll) {
            first++;
        }
        return first == 0
                ? this
                : new EvictionBound(highest, sentTo, tie, last, polls.subList(first, polls.size()));
    }

    EvictionBound advanceTo(long place) {
        return place <= highest
                ? this
                : new EvictionBound(place, Math.max(sentTo, place), tie, last, polls);
    }

    /** The position may have gone back. */
    EvictionBound upTo(long position) {
        return highest <= position ? this : new EvictionBound(position, sentTo, tie, last, polls);
    }

    EvictionBound advanceTie(byte[] watermark) {
        ByteBuffer next = ByteBuffer.wrap(watermark);
        return next.equals(last) ? this : new EvictionBound(highest, sentTo, tie + 1, next, polls);
    }

    /** Rows whose place is lower cannot be read again. */
    long evictBelow(DedupeWindow retention, WatermarkScale scale) {
        if (retention.keepAll()) {
            return Long.MIN_VALUE;
        }
        if (scale.hasDistances()) {
            long reach =
                    highest < Long.MIN_VALUE + retention.distance()
                            ? Long.MIN_VALUE
                            : highest - retention.distance();
            return Math.min(retention.lowWatermark(), reach);
        }
        return Math.min(tieAt(retention.lowWatermarkPoll()), tie);
    }

    private long tieAt(long poll) {
        if (poll == DedupeWindow.NONE) {
            return Long.MAX_VALUE;
        }
        long found = Long.MIN_VALUE;
        for (PollStart begun : polls) {
            if (begun.poll() > poll) {
                break;
            }
            found = begun.tie();
        }
        return found;
    }
}
