package com.evolvishub.cdc.sink.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which writers assigned a pipeline's sequence numbers. Runs that resume from copies of one state
 * assign the same sequence number to different rows; writer and sequence number together identify a
 * row. Immutable.
 *
 * @param segments in ascending order; each ends before the next one's first sequence number
 */
public record SequenceHistory(List<Segment> segments) {

    /** No sequence number was assigned yet, or the writers are not known. */
    public static final SequenceHistory UNKNOWN = new SequenceHistory(List.of());

    /** Limit of segments. A state older than that is detected by its last sequence number. */
    private static final int MAX_SEGMENTS = 16;

    /**
     * Rows from {@code first} on.
     *
     * @param writer random id of the task's attempt that assigned their sequence numbers
     */
    public record Segment(long first, String writer) {
        public Segment {
            if (writer.contains(" ")) {
                throw new IllegalArgumentException("no author: " + writer);
            }
        }
    }

    public SequenceHistory {
        segments =
                List.copyOf(
                        segments.subList(
                                Math.max(0, segments.size() - MAX_SEGMENTS), segments.size()));
    }

    /** This history up to {@code last}; {@code writer} assigns all sequence numbers above it. */
    public SequenceHistory continuedBy(String writer, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        next.add(new Segment(last + 1, writer));
        return new SequenceHistory(next);
    }

    /** This history up to {@code last}, and {@code other} above it. */
    SequenceHistory continuedWith(SequenceHistory other, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        // also if it is unknown: the writer before does not apply to these rows
        next.add(new Segment(last + 1, other.writerOf(last + 1)));
        other.segments.stream().filter(segment -> segment.first > last + 1).forEach(next::add);
        return new SequenceHistory(next);
    }

    private SequenceHistory upTo(long last) {
        return new SequenceHistory(
                segments.stream().filter(segment -> segment.first <= last).toList());
    }

    /** The writer that assigned a sequence number; empty: unknown. */
    public String writerOf(long sequence) {
        String writer = "";
        for (Segment segment : segments) {
            if (segment.first > sequence) {
                break;
            }
            writer = segment.writer;
        }
        return writer;
    }

    /**
     * The highest sequence number, at most {@code last}, up to which both histories identify the
     * same rows. Sequence numbers whose writer is unknown in one of them count as equal.
     */
    public long commonUpTo(SequenceHistory other, long last) {
        long common = last;
        for (SequenceHistory each : List.of(this, other)) {
            for (Segment segment : each.segments) {
                if (segment.first <= common && !agreeAt(other, segment.first)) {
                    common = segment.first - 1;
                }
            }
        }
        return common;
    }

    private boolean agreeAt(SequenceHistory other, long sequence) {
        String mine = writerOf(sequence);
        String theirs = other.writerOf(sequence);
        return mine.isEmpty() || theirs.isEmpty() || mine.equals(theirs);
    }

    /** Formats this history as one short line that {@link #parse} reads. */
    public String text() {
        return segments.stream()
                .map(segment -> segment.first + ":" + segment.writer)
                .collect(Collectors.joining(" "));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if the text has another format
     */
    public static SequenceHistory parse(String text) {
        List<Segment> segments = new ArrayList<>();
        for (String each : text.split(" ", -1)) {
            int colon = each.indexOf(':');
            if (colon > 0) {
                segments.add(
                        new Segment(
                                Long.parseLong(each.substring(0, colon)),
                                each.substring(colon + 1)));
            } else if (!each.isEmpty()) {
                throw new IllegalArgumentException("no numbering: " + text);
            }
        }
        return new SequenceHistory(segments);
    }
}
