package com.evolvishub.cdc.runtime.row;

/** What happened to a row, as far as its capture mode can tell. */
public enum Operation {
    /** The row's current version; whether it is new is not known (watermark and query mode). */
    UPSERT('u'),
    /** A row that was not there at the last poll. */
    INSERT('c'),
    /** A row that was different at the last poll. */
    UPDATE('u'),
    /** A row that is gone. Carries its key only. */
    DELETE('d');

    private final char code;

    Operation(char code) {
        this.code = code;
    }

    /** The letter that messages carry in {@code op}. */
    public char code() {
        return code;
    }
}
