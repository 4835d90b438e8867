package com.evolvishub.cdc.sink.deadletter;

/** What a replay does with a superseded dead letter. */
public enum ReplayPolicy {
    /** It is not replayed, and the reason is reported. */
    REFUSE_SUPERSEDED,
    /** It is replayed: the user has checked it ({@code --force}). */
    WRITE_SUPERSEDED
}
