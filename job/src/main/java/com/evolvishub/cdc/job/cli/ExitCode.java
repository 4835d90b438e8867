package com.evolvishub.cdc.job.cli;

/** What the shell is told. */
public final class ExitCode {
    /** All went well. */
    public static final int OK = 0;

    /** Something outside was not as it should be: an outage, a quarantined mapping. */
    public static final int OUTAGE = 1;

    /** The user's mistake: in the file, in an option, in what the file names. */
    public static final int USER_ERROR = 2;

    private ExitCode() {}
}
