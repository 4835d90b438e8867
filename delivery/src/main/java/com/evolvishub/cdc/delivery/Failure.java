package com.evolvishub.cdc.delivery;

/** Whether trying again later may help. */
public enum Failure {
    /** An outage: tried again with growing pauses. */
    TRANSIENT,
    /** Somebody must act: looked at again after 5 s, and less and less often, up to 5 minutes. */
    PERMANENT,
    /** The login was refused: tried again every five minutes, since servers lock accounts. */
    AUTHENTICATION
}
