package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import java.nio.file.Path;
import java.time.Duration;

/** Two mappings of a file with {@code stop_on_error}, of which one can be broken. */
final class BreakableMappings {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    private final Database source;
    private final Database destination;
    private final EndToEndSetup road;

    BreakableMappings(Path folder, Database source, Database destination) {
        this.source = source;
        this.destination = destination;
        for (String table : new String[] {"good", "bad"}) {
            source.execute(
                    "CREATE TABLE %s (note text, at timestamptz NOT NULL)".formatted(table),
                    "INSERT INTO %s SELECT 'note ' || i, now() FROM generate_series(1, 500) i"
                            .formatted(table));
        }
        road =
                new EndToEndSetup(folder, source, destination)
                        .with("stop_on_error: true\nglobal_sync:\n  interval_seconds: 0.5")
                        .mapping("good", "good", "good_copy", WATERMARK)
                        .mapping("bad", "bad", "bad_copy", WATERMARK);
    }

    EndToEndSetup road() {
        return road;
    }

    /** Once all that was there has arrived. */
    void breakIt() {
        awaitRows("good_copy", 500);
        awaitRows("bad_copy", 500);
        source.execute("ALTER TABLE bad RENAME TO elsewhere");
    }

    /** Each table has one row more then. */
    void repairIt() {
        source.execute("ALTER TABLE elsewhere RENAME TO bad");
        for (String table : new String[] {"good", "bad"}) {
            source.execute("INSERT INTO %s VALUES ('later', now())".formatted(table));
        }
    }

    private void awaitRows(String table, int rows) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () ->
                                destination
                                        .queryOne("SELECT count(*) FROM " + table)
                                        .equals(Integer.toString(rows)));
    }

    /** Waits for that row; nothing is lost and nothing is there twice. */
    void assertLevel() {
        for (String table : new String[] {"good", "bad"}) {
            awaitRows(table + "_copy", 501);
            // without a key a row that came twice would be a row more
            assertThat(EndToEndSetup.content(destination, table + "_copy", "note, at"))
                    .isEqualTo(EndToEndSetup.content(source, table, "note, at"));
        }
    }
}
