package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.Retention;
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
record Memory(long highest, long sentTo, long tie, ByteBuffer last, List<Begun> polls) {

    static final Memory EMPTY =
            new Memory(Long.MIN_VALUE, Long.MIN_VALUE, 0, ByteBuffer.allocate(0), List.of());

    /**
     * Where a poll began.
     *
     * @param poll its number
     * @param tie the highest tie then
     */
    record Begun(long poll, long tie) {}

    Memory {
        polls = List.copyOf(polls);
    }

    Memory beginning(long poll) {
        List<Begun> longer = new ArrayList<>(polls);
        longer.add(new Begun(poll, tie));
        return new Memory(highest, sentTo, tie, last, longer);
    }

    /** Lets go of polls before the one that says what is remembered from {@code floorPoll} on. */
    Memory rememberingPollsFrom(long floorPoll) {
        int first = 0;
        while (first + 1 < polls.size() && polls.get(first + 1).poll() <= floorPoll) {
            first++;
        }
        return first == 0
                ? this
                : new Memory(highest, sentTo, tie, last, polls.subList(first, polls.size()));
    }

    Memory reaching(long place) {
        return place <= highest
                ? this
                : new Memory(place, Math.max(sentTo, place), tie, last, polls);
    }

    /** The position may have gone back. */
    Memory upTo(long position) {
        return highest <= position ? this : new Memory(position, sentTo, tie, last, polls);
    }

    Memory passing(byte[] watermark) {
        ByteBuffer next = ByteBuffer.wrap(watermark);
        return next.equals(last) ? this : new Memory(highest, sentTo, tie + 1, next, polls);
    }

    /** Rows whose place is lower cannot be read again. */
    long forgetBelow(Retention retention, WatermarkScale scale) {
        if (retention.everything()) {
            return Long.MIN_VALUE;
        }
        if (scale.hasDistances()) {
            long reach =
                    highest < Long.MIN_VALUE + retention.window()
                            ? Long.MIN_VALUE
                            : highest - retention.window();
            return Math.min(retention.floor(), reach);
        }
        return Math.min(tieAt(retention.floorPoll()), tie);
    }

    private long tieAt(long poll) {
        if (poll == Retention.NONE) {
            return Long.MAX_VALUE;
        }
        long found = Long.MIN_VALUE;
        for (Begun begun : polls) {
            if (begun.poll() > poll) {
                break;
            }
            found = begun.tie();
        }
        return found;
    }
}
