package com.evolvishub.cdc.sink.failure;

/** Rows that the destination has acknowledged are no longer there. */
public final class RowsLostException extends DestinationException {
    private static final long serialVersionUID = 1L;

    private RowsLostException(String message) {
        super(message);
    }

    /**
     * The loss of a range, and the ways out.
     *
     * @param first number of the first row that is gone
     * @param last number of the last one, which was acknowledged
     * @param found what is there instead
     * @param mapping its name, as the file gives it
     */
    public static RowsLostException of(long first, long last, String found, String mapping) {
        String rows = first == last ? "row " + first : "rows " + first + " to " + last;
        return create(rows, found, mapping);
    }

    /** The loss of rows of which nobody can tell which ones they are. */
    public static RowsLostException ofUnknownRows(long last, String found, String mapping) {
        return create("some of the rows up to " + last, found, mapping);
    }

    private static RowsLostException create(String rows, String found, String mapping) {
        return new RowsLostException(
                ("the destination has lost %s: %s. Bring back what it held, and the mapping goes on"
                                + " by itself; or start with --reset %s to load anew (a destination"
                                + " without a key has to be emptied first), or with --accept-loss"
                                + " %3$s to go on without them")
                        .formatted(rows, found, mapping));
    }
}
