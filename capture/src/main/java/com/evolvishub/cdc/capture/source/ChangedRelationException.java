package com.evolvishub.cdc.capture.source;

/** What a poll is about to read is no longer what was described for it. */
final class ChangedRelationException extends Exception {

    private static final long serialVersionUID = 1L;

    ChangedRelationException() {
        super("what is read is being changed again and again; the next poll looks at it anew");
    }
}
