package com.evolvishub.cdc.planner.sql;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The range of rows that one poll reads. All values are SQL literals, quoted and cast.
 *
 * @param lower lower bound of the watermarks; empty: none
 * @param lowerIncluded whether the lower bound itself is included
 * @param initial exclusive lower bound that holds even if {@code lower} is below it; empty: none
 * @param upTo inclusive upper bound; empty: none
 * @param newRowsAfter the position after which rows are new: each row is preceded by a boolean
 *     column that is true above it; a watermark, or a literal for each of {@link ScanSql#position};
 *     empty: no such column
 * @param ties whether the database flags where a tie ends and the next begins
 * @param futureBound the bound of future rows; its column follows those of {@code newRowsAfter} and
 *     {@code ties}; empty: none
 * @param resume where an interrupted read of this range resumes, a literal for each of {@link
 *     ScanSql#position}: watermark and key of the last checkpointed row, or the watermark alone if
 *     rows have no key; rows that compare equal to it are read again; empty: at the start of the
 *     range
 */
public record ScanRange(
        String lower,
        boolean lowerIncluded,
        String initial,
        String upTo,
        List<String> newRowsAfter,
        Ties ties,
        Optional<FutureBound> futureBound,
        List<String> resume) {

    /**
     * Whether each row has a tie flag: a boolean column, after that of {@code newRowsAfter}, that
     * is true if the watermark equals that of the row before.
     *
     * @param flagged false: no such column
     * @param first the watermark before the first row, quoted; empty: there is none
     */
    public record Ties(boolean flagged, String first) {

        static final Ties NONE = new Ties(false, "");

        public Ties {
            Objects.requireNonNull(first, "first");
        }
    }

    public ScanRange {
        Objects.requireNonNull(ties, "ties");
        Objects.requireNonNull(lower, "lower");
        Objects.requireNonNull(initial, "initial");
        Objects.requireNonNull(upTo, "upTo");
        newRowsAfter = List.copyOf(newRowsAfter);
        resume = List.copyOf(resume);
    }

    /** The range {@code (lower, upTo]} from its start. */
    public static ScanRange of(String lower, String upTo) {
        return new ScanRange(
                lower, false, "", upTo, List.of(), Ties.NONE, Optional.empty(), List.of());
    }

    /** The same range, including its lower bound. */
    public ScanRange withLower() {
        return new ScanRange(lower, true, initial, upTo, newRowsAfter, ties, futureBound, resume);
    }

    /** The same range without rows at or below {@code bound}. */
    public ScanRange above(String bound) {
        return new ScanRange(
                lower, lowerIncluded, bound, upTo, newRowsAfter, ties, futureBound, resume);
    }

    /** The same range, with a flag for rows above a position. */
    public ScanRange flaggingNewRows(List<String> position) {
        return new ScanRange(
                lower, lowerIncluded, initial, upTo, position, ties, futureBound, resume);
    }

    /** The same range, resumed at a position inside it. */
    public ScanRange resumedAt(List<String> position) {
        return new ScanRange(
                lower, lowerIncluded, initial, upTo, newRowsAfter, ties, futureBound, position);
    }

    /**
     * The same range with tie flags.
     *
     * @param first the watermark before the first row, quoted; empty: there is none
     */
    public ScanRange flaggingTies(String first) {
        return new ScanRange(
                lower,
                lowerIncluded,
                initial,
                upTo,
                newRowsAfter,
                new Ties(true, first),
                futureBound,
                resume);
    }

    /** The same range with a bound for future rows. */
    public ScanRange with(FutureBound bound) {
        return new ScanRange(
                lower,
                lowerIncluded,
                initial,
                upTo,
                newRowsAfter,
                ties,
                Optional.of(bound),
                resume);
    }
}
