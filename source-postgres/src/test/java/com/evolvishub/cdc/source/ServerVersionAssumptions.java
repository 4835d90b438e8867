package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.evolvishub.cdc.testing.postgres.Database;

/** Version checks of a test's server. The suite runs on all supported versions. */
public final class ServerVersionAssumptions {

    private ServerVersionAssumptions() {}

    /** The server's major version. */
    public static int of(Database database) {
        return Integer.parseInt(database.queryOne("SHOW server_version_num")) / 10_000;
    }

    /** Skips the test on an older server. */
    public static void skipBefore(int major, String reason, Database database) {
        assumeThat(of(database)).as(reason).isGreaterThanOrEqualTo(major);
    }
}
