package com.evolvishub.cdc.planner.sql;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one poll asks for, as SQL literals that are quoted (and cast, where that is needed) already.
 *
 * @param lower watermarks above it are asked for; empty: from the beginning
 * @param lowerIncluded whether those at it are asked for as well
 * @param initial watermarks above it only, however far back {@code lower} lies; empty: no such
 *     bound
 * @param upTo watermarks up to and with it; empty: no end
 * @param frontier where rows begin that no poll has read: each row is preceded by a boolean column
 *     that tells whether it lies above; a watermark, or a literal for each of {@link
 *     ScanSql#position}; empty: no such column
 * @param ties whether the database tells where one tie ends and the next begins
 * @param horizon where the future begins; its column stands behind those of frontier and ties;
 *     empty: nowhere
 * @param resume where an interrupted read of this range goes on, a literal for each of {@link
 *     ScanSql#position}: watermark and key of the last row that is safe, or the watermark alone
 *     where rows have no key; what the database takes for equal to it comes again; empty: at the
 *     start of the range
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
     * Whether each row is preceded, behind the frontier's column, by a boolean column that tells
     * whether its watermark equals the one before it.
     *
     * @param told false: no such column
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

    /** The same range with what stands at its lower bound. */
    public ScanRange withLower() {
        return new ScanRange(lower, true, initial, upTo, newRowsAfter, ties, futureBound, resume);
    }

    /** The same range, of which nothing at or below {@code bound} is asked for. */
    public ScanRange above(String bound) {
        return new ScanRange(
                lower, lowerIncluded, bound, upTo, newRowsAfter, ties, futureBound, resume);
    }

    /** The same range, its rows told apart by whether they lie above a position. */
    public ScanRange flaggingNewRows(List<String> position) {
        return new ScanRange(
                lower, lowerIncluded, initial, upTo, position, ties, futureBound, resume);
    }

    /** The same range, gone on with inside. */
    public ScanRange resumedAt(List<String> position) {
        return new ScanRange(
                lower, lowerIncluded, initial, upTo, newRowsAfter, ties, futureBound, position);
    }

    /**
     * The same range, its ties told by the database.
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

    /** The same range, and what becomes of rows of the future. */
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
