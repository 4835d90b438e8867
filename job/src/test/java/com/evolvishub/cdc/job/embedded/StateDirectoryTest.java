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

    @TempDir private Path root;

    @Test
    void locksOutASecondRun() throws Exception {
        try (StateDirectory first = new StateDirectory(root)) {
            first.lock();

            assertThatThrownBy(() -> new StateDirectory(root).lock())
                    .isInstanceOf(StateDirectoryException.class)
                    .hasMessageContaining("is in use");
        }
        try (StateDirectory next = new StateDirectory(root)) {
            next.lock();
        }
    }

    @Test
    void returnsTheAddressOnlyWhileTheRunHoldsTheLock() throws Exception {
        StateDirectory state = new StateDirectory(root);
        try (state) {
            state.lock();
            state.writeAddress("http://127.0.0.1:4711");
            assertThat(new StateDirectory(root).runningAt()).contains("http://127.0.0.1:4711");
        }
        assertThat(state.runningAt()).isEmpty();
    }

    @Test
    void doesNotReportAKilledRunAsRunning() throws Exception {
        Files.createFile(root.resolve("lock"));
        Files.writeString(root.resolve("run"), "4711 http://127.0.0.1:1");

        assertThat(new StateDirectory(root).runningAt()).isEmpty();
    }

    @Test
    void namesTheOptionIfTheDirectoryCannotBeCreated() throws Exception {
        Path file = Files.createFile(root.resolve("file"));

        assertThatThrownBy(() -> new StateDirectory(file.resolve("below")).lock())
                .isInstanceOf(StateDirectoryException.class)
                .hasMessageContaining("--state-dir");
    }

    @Test
    void resumesFromTheHighestCheckpointIdRegardlessOfFileTimes() throws Exception {
        StateDirectory state = new StateDirectory(root);
        Path older = checkpoint(state.checkpoints().resolve("job1/chk-9"), 9);
        Path newer = checkpoint(state.savepoints().resolve("savepoint-1"), 12);
        Files.setLastModifiedTime(
                older.resolve("_metadata"), FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));

        assertThat(RestorePoint.newest(state)).contains(new RestorePoint(newer, 12));
    }

    @Test
    void skipsAnIncompleteCheckpoint() throws Exception {
        StateDirectory state = new StateDirectory(root);
        Path complete = checkpoint(state.checkpoints().resolve("job1/chk-9"), 9);
        Path incomplete = state.checkpoints().resolve("job1/chk-10");
        Files.createDirectories(incomplete);
        Files.write(incomplete.resolve("_metadata"), new byte[] {1, 2, 3});

        assertThat(RestorePoint.newest(state)).contains(new RestorePoint(complete, 9));
    }

    @Test
    void deletesOnlyDirectoriesWithoutFiles() throws Exception {
        StateDirectory state = new StateDirectory(root);
        Path complete = checkpoint(state.checkpoints().resolve("job1/chk-9"), 9);
        Path empty = state.checkpoints().resolve("job0/shared");
        Files.createDirectories(empty);

        state.deleteEmptyDirectories();

        assertThat(empty.getParent()).doesNotExist();
        assertThat(complete).exists();
    }

    @Test
    void deletesSavepointsThatANewerSavepointReplaces() throws Exception {
        StateDirectory state = new StateDirectory(root);
        Path older = checkpoint(state.savepoints().resolve("savepoint-1"), 9);
        Path newer = checkpoint(state.savepoints().resolve("savepoint-2"), 12);

        state.dropSavepointsOtherThan(newer);

        assertThat(older).doesNotExist();
        assertThat(newer).exists();
    }

    @Test
    void keepsTheLastSavepointIfTheNewestRestorePointIsACheckpoint() throws Exception {
        StateDirectory state = new StateDirectory(root);
        Path savepoint = checkpoint(state.savepoints().resolve("savepoint-1"), 9);
        Path newer = checkpoint(state.checkpoints().resolve("job1/chk-12"), 12);

        state.dropSavepointsOtherThan(newer);

        assertThat(savepoint).exists();
    }

    @Test
    void deletesTheStateOfEarlierRuns() throws Exception {
        StateDirectory state = new StateDirectory(root);
        checkpoint(state.checkpoints().resolve("job1/chk-9"), 9);

        state.deleteState();

        assertThat(RestorePoint.newest(state)).isEmpty();
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
