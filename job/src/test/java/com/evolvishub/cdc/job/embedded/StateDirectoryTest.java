package com.evolvishub.cdc.job.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    @TempDir private Path folder;

    @Test
    void keepsASecondRunOut() throws Exception {
        try (StateDirectory first = new StateDirectory(folder)) {
            first.lock();

            assertThatThrownBy(() -> new StateDirectory(folder).lock())
                    .isInstanceOf(StateDirectoryException.class)
                    .hasMessageContaining("is in use");
        }
        try (StateDirectory next = new StateDirectory(folder)) {
            next.lock();
        }
    }

    @Test
    void tellsWhereARunIsOnlyWhileItRuns() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        try (directory) {
            directory.lock();
            directory.writeAddress("http://127.0.0.1:4711");
            assertThat(new StateDirectory(folder).runningAt()).contains("http://127.0.0.1:4711");
        }
        assertThat(directory.runningAt()).isEmpty();
    }

    @Test
    void doesNotTakeAKilledRunForALivingOne() throws Exception {
        Files.createFile(folder.resolve("lock"));
        Files.writeString(folder.resolve("run"), "4711 http://127.0.0.1:1");

        assertThat(new StateDirectory(folder).runningAt()).isEmpty();
    }

    @Test
    void saysWhatToDoWhenItCannotBeMade() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> new StateDirectory(file.resolve("below")).lock())
                .isInstanceOf(StateDirectoryException.class)
                .hasMessageContaining("--state-dir");
    }

    @Test
    void goesOnFromTheHighestCheckpointWhateverTheClockSays() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        Path older = checkpoint(directory.checkpoints().resolve("job1/chk-9"), 9);
        Path newer = checkpoint(directory.savepoints().resolve("savepoint-1"), 12);
        Files.setLastModifiedTime(
                older.resolve("_metadata"), FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));

        assertThat(RestorePoint.newest(directory)).contains(new RestorePoint(newer, 12));
    }

    @Test
    void passesOverACheckpointThatWasNeverFinished() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        Path whole = checkpoint(directory.checkpoints().resolve("job1/chk-9"), 9);
        Path broken = directory.checkpoints().resolve("job1/chk-10");
        Files.createDirectories(broken);
        Files.write(broken.resolve("_metadata"), new byte[] {1, 2, 3});

        assertThat(RestorePoint.newest(directory)).contains(new RestorePoint(whole, 9));
    }

    @Test
    void sweepsFoldersWithoutAFileOnly() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        Path whole = checkpoint(directory.checkpoints().resolve("job1/chk-9"), 9);
        Path empty = directory.checkpoints().resolve("job0/shared");
        Files.createDirectories(empty);

        directory.deleteEmptyDirectories();

        assertThat(empty.getParent()).doesNotExist();
        assertThat(whole).exists();
    }

    @Test
    void dropsSavepointsThatAStoppedRunHasReplaced() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        Path older = checkpoint(directory.savepoints().resolve("savepoint-1"), 9);
        Path newer = checkpoint(directory.savepoints().resolve("savepoint-2"), 12);

        directory.dropSavepointsOtherThan(newer);

        assertThat(older).doesNotExist();
        assertThat(newer).exists();
    }

    @Test
    void keepsTheSavepointOfARunThatWasKilledSince() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        Path savepoint = checkpoint(directory.savepoints().resolve("savepoint-1"), 9);
        Path newer = checkpoint(directory.checkpoints().resolve("job1/chk-12"), 12);

        directory.dropSavepointsOtherThan(newer);

        assertThat(savepoint).exists();
    }

    @Test
    void forgetsWhatEarlierRunsLeft() throws Exception {
        StateDirectory directory = new StateDirectory(folder);
        checkpoint(directory.checkpoints().resolve("job1/chk-9"), 9);

        directory.deleteState();

        assertThat(RestorePoint.newest(directory)).isEmpty();
    }

    private static Path checkpoint(Path at, long id) throws Exception {
        Files.createDirectories(at);
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(at.resolve("_metadata")))) {
            Checkpoints.storeCheckpointMetadata(
                    new CheckpointMetadata(id, List.of(), List.of(), null), out);
        }
        return at.toAbsolutePath().normalize();
    }
}
