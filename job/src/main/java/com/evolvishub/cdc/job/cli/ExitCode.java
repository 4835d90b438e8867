package com.evolvishub.cdc.job.cli;

/** Exit codes of the commands. */
public final class ExitCode {
    /** Success. */
    public static final int OK = 0;

    /** An outage or a quarantined mapping. */
    public static final int OUTAGE = 1;

    /** A user error: in the file, in an option, or in an object that the file names. */
    public static final int USER_ERROR = 2;

    private ExitCode() {}
}
