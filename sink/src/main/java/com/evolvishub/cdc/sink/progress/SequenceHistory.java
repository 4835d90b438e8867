package com.evolvishub.cdc.sink.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who gave the rows of a pipeline their numbers. Runs that go on from copies of one state give the
 * same number to different rows; author and number together name one row. Immutable.
 *
 * @param segments in rising order; each reaches up to the next one's first number
 */
public record SequenceHistory(List<Segment> segments) {

    /** Of a pipeline whose rows nobody has numbered, or of which it is not known. */
    public static final SequenceHistory UNKNOWN = new SequenceHistory(List.of());

    /** More than that are of no use: a state that is so much older is found by its number. */
    private static final int MAX_SEGMENTS = 16;

    /**
     * Rows from {@code first} on.
     *
     * @param author random id of the task's attempt that numbered them
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

    /** The same up to {@code last}, and {@code author} numbers all rows above it. */
    public SequenceHistory continuedBy(String author, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        next.add(new Segment(last + 1, author));
        return new SequenceHistory(next);
    }

    /** Up to {@code last} as here, above it as in {@code other}. */
    SequenceHistory continuedWith(SequenceHistory other, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        // also where it is not known: then it is not whoever numbered the rows before
        next.add(new Segment(last + 1, other.writerOf(last + 1)));
        other.segments.stream().filter(segment -> segment.first > last + 1).forEach(next::add);
        return new SequenceHistory(next);
    }

    private SequenceHistory upTo(long last) {
        return new SequenceHistory(
                segments.stream().filter(segment -> segment.first <= last).toList());
    }

    /** Who numbered that row; empty: it is not known. */
    public String writerOf(long number) {
        String author = "";
        for (Segment segment : segments) {
            if (segment.first > number) {
                break;
            }
            author = segment.writer;
        }
        return author;
    }

    /**
     * The highest number, {@code last} at most, up to which both give each number to the same row.
     * Numbers of which one of them does not know the author count as equal.
     */
    public long commonUpTo(SequenceHistory other, long last) {
        long agreed = last;
        for (SequenceHistory each : List.of(this, other)) {
            for (Segment segment : each.segments) {
                if (segment.first <= agreed && !agreeAt(other, segment.first)) {
                    agreed = segment.first - 1;
                }
            }
        }
        return agreed;
    }

    private boolean agreeAt(SequenceHistory other, long number) {
        String mine = writerOf(number);
        String theirs = other.writerOf(number);
        return mine.isEmpty() || theirs.isEmpty() || mine.equals(theirs);
    }

    /** One line that {@link #parse} reads; as short as what a destination keeps should be. */
    public String text() {
        return segments.stream()
                .map(segment -> segment.first + ":" + segment.writer)
                .collect(Collectors.joining(" "));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if something else wrote it
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
