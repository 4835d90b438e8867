package com.evolvishub.cdc.runtime.row;

/** The change of a row, as far as its capture mode can detect it. */
public enum Operation {
    /** The row's current version; whether it is new is not known (watermark and query mode). */
    UPSERT('u'),
    /** A row that did not exist at the last poll. */
    INSERT('c'),
    /** A row that differs from the last poll. */
    UPDATE('u'),
    /** A deleted row. Carries its key only. */
    DELETE('d');

    private final char code;

    Operation(char code) {
        this.code = code;
    }

    /** The code of {@code op} in messages. */
    public char code() {
        return code;
    }
}
