package com.evolvishub.cdc.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who gave the rows of a pipeline their numbers. Runs that go on from copies of one state give the
 * same number to different rows; author and number together name one row. Immutable.
 *
 * @param segments in rising order; each reaches up to the next one's first number
 */
public record Numbering(List<Segment> segments) {

    /** Of a pipeline whose rows nobody has numbered, or of which it is not known. */
    public static final Numbering UNKNOWN = new Numbering(List.of());

    /** More than that are of no use: a state that is so much older is found by its number. */
    private static final int KEPT = 16;

    /**
     * Rows from {@code first} on.
     *
     * @param author random id of the task's attempt that numbered them
     */
    public record Segment(long first, String author) {
        public Segment {
            if (author.contains(" ")) {
                throw new IllegalArgumentException("no author: " + author);
            }
        }
    }

    public Numbering {
        segments =
                List.copyOf(segments.subList(Math.max(0, segments.size() - KEPT), segments.size()));
    }

    /** The same up to {@code last}, and {@code author} numbers all rows above it. */
    Numbering continuedBy(String author, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        next.add(new Segment(last + 1, author));
        return new Numbering(next);
    }

    /** Up to {@code last} as here, above it as in {@code other}. */
    Numbering continuedAs(Numbering other, long last) {
        List<Segment> next = new ArrayList<>(upTo(last).segments);
        // also where it is not known: then it is not whoever numbered the rows before
        next.add(new Segment(last + 1, other.authorOf(last + 1)));
        other.segments.stream().filter(segment -> segment.first > last + 1).forEach(next::add);
        return new Numbering(next);
    }

    private Numbering upTo(long last) {
        return new Numbering(segments.stream().filter(segment -> segment.first <= last).toList());
    }

    /** Who numbered that row; empty: it is not known. */
    String authorOf(long number) {
        String author = "";
        for (Segment segment : segments) {
            if (segment.first > number) {
                break;
            }
            author = segment.author;
        }
        return author;
    }

    /**
     * The highest number, {@code last} at most, up to which both give each number to the same row.
     * Numbers of which one of them does not know the author count as equal.
     */
    long agreesUpTo(Numbering other, long last) {
        long agreed = last;
        for (Numbering each : List.of(this, other)) {
            for (Segment segment : each.segments) {
                if (segment.first <= agreed && !agreeAt(other, segment.first)) {
                    agreed = segment.first - 1;
                }
            }
        }
        return agreed;
    }

    private boolean agreeAt(Numbering other, long number) {
        String mine = authorOf(number);
        String theirs = other.authorOf(number);
        return mine.isEmpty() || theirs.isEmpty() || mine.equals(theirs);
    }

    /** One line that {@link #parse} reads; as short as what a destination keeps should be. */
    public String text() {
        return segments.stream()
                .map(segment -> segment.first + ":" + segment.author)
                .collect(Collectors.joining(" "));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if something else wrote it
     */
    public static Numbering parse(String text) {
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
        return new Numbering(segments);
    }
}
