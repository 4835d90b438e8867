package com.evolvishub.cdc.runtime.pipeline;

/** What to do with detected deletes that are probably not intended. */
public enum SuspectDeletePolicy {
    /** Stop the mapping and send none of them. */
    STOP,
    /** Send those of one read ({@code --accept-deletes}); later ones stop the mapping. */
    ACCEPT_ONCE
}
