package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The progress of a pipeline, from which the eviction bound of the dedupe state follows. A type
 * without distances is counted in ties: each watermark that differs from the previous one starts a
 * tie.
 *
 * @param highest the highest watermark read, on the scale; goes back with the database's clock
 * @param sentTo the highest watermark ever sent, on the scale; rows above it were not sent
 * @param tie number of the highest watermark's tie
 * @param last that watermark
 * @param polls the tie at which each poll started, ascending
 */
record EvictionBound(long highest, long sentTo, long tie, ByteBuffer last, List<PollStart> polls) {

    static final EvictionBound EMPTY =
            new EvictionBound(Long.MIN_VALUE, Long.MIN_VALUE, 0, ByteBuffer.allocate(0), List.of());

    /**
     * The start of a poll.
     *
     * @param poll its number
     * @param tie the highest tie at that time
     */
    record PollStart(long poll, long tie) {}

    EvictionBound {
        polls = List.copyOf(polls);
    }

    EvictionBound startingPoll(long poll) {
        List<PollStart> extended = new ArrayList<>(polls);
        extended.add(new PollStart(poll, tie));
        return new EvictionBound(highest, sentTo, tie, last, extended);
    }

    /** Drops polls before the one that decides what is kept from {@code fromPoll} on. */
    EvictionBound rememberingPollsFrom(long fromPoll) {
        int first = 0;
        while (first + 1 < polls.size() && polls.get(first + 1).poll() <= fromPoll) {
            first++;
        }
        return first == 0
                ? this
                : new EvictionBound(highest, sentTo, tie, last, polls.subList(first, polls.size()));
    }

    EvictionBound advanceTo(long value) {
        return value <= highest
                ? this
                : new EvictionBound(value, Math.max(sentTo, value), tie, last, polls);
    }

    /** Lowers the bound if the position has gone back. */
    EvictionBound upTo(long position) {
        return highest <= position ? this : new EvictionBound(position, sentTo, tie, last, polls);
    }

    EvictionBound advanceTie(byte[] watermark) {
        ByteBuffer next = ByteBuffer.wrap(watermark);
        return next.equals(last) ? this : new EvictionBound(highest, sentTo, tie + 1, next, polls);
    }

    /** Rows below this value of the scale cannot be read again. */
    long evictBelow(DedupeWindow window, WatermarkScale scale) {
        if (window.keepAll()) {
            return Long.MIN_VALUE;
        }
        if (scale.hasDistances()) {
            long reachesTo =
                    highest < Long.MIN_VALUE + window.distance()
                            ? Long.MIN_VALUE
                            : highest - window.distance();
            return Math.min(window.lowWatermark(), reachesTo);
        }
        return Math.min(tieAt(window.lowWatermarkPoll()), tie);
    }

    private long tieAt(long poll) {
        if (poll == DedupeWindow.NONE) {
            return Long.MAX_VALUE;
        }
        long result = Long.MIN_VALUE;
        for (PollStart started : polls) {
            if (started.poll() > poll) {
                break;
            }
            result = started.tie();
        }
        return result;
    }
}
