package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A file that is changed between two runs, so that the stored position no longer matches. */
class ChangedMappingITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;
    private Database source;
    private Database destination;

    @BeforeEach
    void completeAFirstRun(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TABLE events (note text, made timestamptz, changed timestamptz)",
                "INSERT INTO events SELECT 'note ' || i, timestamptz '2024-01-01' + i * interval '1 s',"
                        + " timestamptz '2024-02-01' - i * interval '1 s' FROM generate_series(1, 100) i");
        CliProcess.Ended first = setup("made").runInThisJvm();
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(copied()).isEqualTo("100");
    }

    private EndToEndSetup setup(String watermark) {
        return new EndToEndSetup(directory, source, destination)
                .with("global_sync:\n  mode: one_time\nstop_on_error: true")
                .mapping(
                        "events",
                        "events",
                        "copy",
                        "watermark:\n  column: " + watermark + "\n  type: timestamp\n");
    }

    private String copied() {
        return destination.queryOne("SELECT count(*) FROM copy");
    }

    @Test
    void doesNotResumeWithoutAnOption() {
        CliProcess.Ended changed = setup("changed").runInThisJvm();

        assertThat(changed.exitCode()).as(changed.output()).isEqualTo(1);
        assertThat(changed.output())
                .contains(
                        "watermark of the mapping changed since its state was written",
                        "--reset events",
                        "--accept-change events");
        assertThat(copied()).isEqualTo("100");
    }

    @Test
    void resumesFromThePositionWithAcceptChange() {
        source.execute("INSERT INTO events VALUES ('new', '2025-01-01', '2025-01-01')");

        CliProcess.Ended changed = setup("changed").runInThisJvm("--accept-change", "events");

        assertThat(changed.exitCode()).as(changed.output()).isZero();
        // everything that was changed after the largest value of "made"
        assertThat(copied()).isEqualTo("201");
        assertThat(setup("changed").runInThisJvm().exitCode()).isZero();
        assertThat(copied()).isEqualTo("201");
    }

    @Test
    void reloadsOnceWithReset() {
        destination.execute("TRUNCATE copy");

        CliProcess.Ended reset = setup("changed").runInThisJvm("--reset", "events");

        assertThat(reset.exitCode()).as(reset.output()).isZero();
        assertThat(copied()).isEqualTo("100");
        assertThat(setup("changed").runInThisJvm().exitCode()).isZero();
        assertThat(copied()).isEqualTo("100");
    }

    @Test
    void rejectsAnUnknownMappingName() {
        CliProcess.Ended unknown = setup("made").runInThisJvm("--reset", "event");

        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.output())
                .contains("error: no mapping is called \"event\"; there are events");
    }
}
