package com.evolvishub.cdc.flow;

/** What becomes of deletes that a read finds and that may not be meant. */
public enum SuspectDeletes {
    /** They stop the mapping, and none of them is sent. */
    STOP,
    /** Those of one read are sent ({@code --accept-deletes}); later ones stop the mapping. */
    ACCEPT_ONCE
}
