package com.evolvishub.cdc.sink.failure;

/** The destination no longer holds rows that it has acknowledged. */
public final class RowsLostException extends DestinationException {
    private static final long serialVersionUID = 1L;

    private RowsLostException(String message) {
        super(message);
    }

    /**
     * Creates the exception for a range of rows.
     *
     * @param first sequence number of the first lost row
     * @param last sequence number of the last lost row, which was acknowledged
     * @param found what the destination holds instead
     * @param mapping the mapping's name in the file
     */
    public static RowsLostException of(long first, long last, String found, String mapping) {
        String rows = first == last ? "row " + first : "rows " + first + " to " + last;
        return create(rows, found, mapping);
    }

    /** Creates the exception for lost rows that cannot be identified. */
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
