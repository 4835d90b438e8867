package com.evolvishub.cdc.runtime.pipeline;

/** What becomes of deletes that a read finds and that may not be meant. */
public enum SuspectDeletePolicy {
    /** They stop the mapping, and none of them is sent. */
    STOP,
    /** Those of one read are sent ({@code --accept-deletes}); later ones stop the mapping. */
    ACCEPT_ONCE
}
