package com.evolvishub.cdc.source.schema;

/** A relation has changed since it was described for the poll. */
public final class RelationChangedException extends Exception {

    private static final long serialVersionUID = 1L;

    RelationChangedException() {
        super("what is read is being changed again and again; the next poll looks at it anew");
    }
}
