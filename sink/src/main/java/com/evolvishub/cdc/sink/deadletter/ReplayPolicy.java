package com.evolvishub.cdc.sink.deadletter;

/** What becomes of a dead letter whose key was delivered again since. */
public enum ReplayPolicy {
    /** It stays where it is, and the reason is told. */
    REFUSE_SUPERSEDED,
    /** It is written all the same: the user has looked at it ({@code --force}). */
    WRITE_SUPERSEDED
}
