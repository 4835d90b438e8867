package com.evolvishub.cdc.sink.failure;

/** Whether trying again later may help. */
public enum FailureKind {
    /** An outage: tried again with growing pauses. */
    TRANSIENT,
    /** Somebody must act: looked at again after 5 s, and less and less often, up to 5 minutes. */
    PERMANENT,
    /** The login was refused: tried again every five minutes, since servers lock accounts. */
    AUTHENTICATION
}
