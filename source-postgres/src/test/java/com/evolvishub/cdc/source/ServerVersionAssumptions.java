package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.evolvishub.cdc.testing.postgres.Database;

/** What a test's server is too old for. The suite runs on all versions that are supported. */
public final class ServerVersionAssumptions {

    private ServerVersionAssumptions() {}

    /** The major version. */
    public static int of(Database database) {
        return Integer.parseInt(database.queryOne("SHOW server_version_num")) / 10_000;
    }

    /** Skips the rest of the test on an older server. */
    public static void skipBefore(int major, String reason, Database database) {
        assumeThat(of(database)).as(reason).isGreaterThanOrEqualTo(major);
    }
}
