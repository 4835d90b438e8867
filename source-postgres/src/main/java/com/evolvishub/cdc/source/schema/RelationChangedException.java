package com.evolvishub.cdc.source.schema;

/** What a poll is about to read is no longer what was described for it. */
public final class RelationChangedException extends Exception {

    private static final long serialVersionUID = 1L;

    RelationChangedException() {
        super("what is read is being changed again and again; the next poll looks at it anew");
    }
}
