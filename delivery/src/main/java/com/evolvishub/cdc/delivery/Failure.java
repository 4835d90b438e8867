package com.evolvishub.cdc.delivery;

/** Whether trying again later may help. */
public enum Failure {
    /** An outage: tried again with growing pauses. */
    TRANSIENT,
    /** Somebody must mend something: looked at again every five minutes. */
    PERMANENT
}
