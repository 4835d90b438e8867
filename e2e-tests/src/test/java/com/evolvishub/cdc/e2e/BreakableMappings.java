package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import java.nio.file.Path;
import java.time.Duration;

/** A file with {@code stop_on_error} and two mappings, one of which can be broken. */
final class BreakableMappings {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    private final Database source;
    private final Database destination;
    private final EndToEndSetup setup;

    BreakableMappings(Path directory, Database source, Database destination) {
        this.source = source;
        this.destination = destination;
        for (String table : new String[] {"good", "bad"}) {
            source.execute(
                    "CREATE TABLE %s (note text, at timestamptz NOT NULL)".formatted(table),
                    "INSERT INTO %s SELECT 'note ' || i, now() FROM generate_series(1, 500) i"
                            .formatted(table));
        }
        setup =
                new EndToEndSetup(directory, source, destination)
                        .with("stop_on_error: true\nglobal_sync:\n  interval_seconds: 0.5")
                        .mapping("good", "good", "good_copy", WATERMARK)
                        .mapping("bad", "bad", "bad_copy", WATERMARK);
    }

    EndToEndSetup setup() {
        return setup;
    }

    /** Waits for the first rows, then renames the source table of one mapping. */
    void breakOneMapping() {
        awaitRows("good_copy", 500);
        awaitRows("bad_copy", 500);
        source.execute("ALTER TABLE bad RENAME TO elsewhere");
    }

    /** Undoes {@link #breakOneMapping} and adds one row to each table. */
    void repairMapping() {
        source.execute("ALTER TABLE elsewhere RENAME TO bad");
        for (String table : new String[] {"good", "bad"}) {
            source.execute("INSERT INTO %s VALUES ('later', now())".formatted(table));
        }
    }

    private void awaitRows(String table, int rows) {
        await().atMost(TIMEOUT)
                .ignoreExceptions()
                .until(
                        () ->
                                destination
                                        .queryOne("SELECT count(*) FROM " + table)
                                        .equals(Integer.toString(rows)));
    }

    /** Waits for that row and checks that no row is missing or duplicated. */
    void assertCopiesEqual() {
        for (String table : new String[] {"good", "bad"}) {
            awaitRows(table + "_copy", 501);
            // without a key, a row that is delivered twice adds a row
            assertThat(EndToEndSetup.content(destination, table + "_copy", "note, at"))
                    .isEqualTo(EndToEndSetup.content(source, table, "note, at"));
        }
    }
}
