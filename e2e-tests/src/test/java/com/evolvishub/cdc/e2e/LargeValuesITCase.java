package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Values of 100 MB in a heap of {@value #HEAP}. */
class LargeValuesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String HEAP = "-Xmx1g";

    /** Above the default for this heap; rows of 100 MB are processed one at a time. */
    private static final String LIMIT = "max_row_bytes: 220000000\n";

    private static final String HASH = "SELECT id, length(t), md5(t), md5(b) FROM %s ORDER BY id";

    @TempDir private Path directory;

    @Test
    void largeValuesAreDeliveredEndToEnd(
            @FreshDatabase Database source, @FreshDatabase Database destination) {
        source.execute(
                "CREATE TABLE big (id int PRIMARY KEY, at timestamptz NOT NULL, t text, b bytea)",
                "INSERT INTO big SELECT 1, now(), repeat('0123456789a', 100000000 / 11) || chr(9), NULL",
                // twice as long as text
                "INSERT INTO big SELECT 2, now(), '', decode(repeat('00ff5c0a', 12500000), 'hex')",
                "INSERT INTO big SELECT i, now(), 'small', NULL FROM generate_series(3, 1000) i");
        CliProcess.Ended ended =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .mapping(
                                "watermark",
                                "big",
                                "by_watermark",
                                "watermark:\n  column: at\n  type: timestamp\n" + LIMIT)
                        .mapping("diff", "big", "by_diff", LIMIT)
                        .runWith(HEAP, "--sequential");

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        for (String table : new String[] {"by_watermark", "by_diff"}) {
            assertThat(destination.queryAll(HASH.formatted(table)))
                    .isEqualTo(source.queryAll(HASH.formatted("big")));
        }
    }
}
