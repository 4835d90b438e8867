package com.evolvishub.cdc.job.embedded;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint or savepoint to resume from. The newest has the highest checkpoint id: ids keep
 * increasing across restarts, while file times depend on a clock that may jump.
 *
 * @param folder the directory that holds {@code _metadata}
 * @param id Flink's checkpoint id
 */
record RestorePoint(Path folder, long id) {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePoint.class);
    private static final String METADATA = "_metadata";

    /** The newest complete checkpoint or savepoint of a state directory; empty: none exists. */
    static Optional<RestorePoint> newest(StateDirectory state) throws IOException {
        List<RestorePoint> points = new ArrayList<>();
        for (Path directory : List.of(state.checkpoints(), state.savepoints())) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(directory, 3)) {
                for (Path file : files.filter(RestorePoint::isMetadata).toList()) {
                    read(file).ifPresent(points::add);
                }
            }
        }
        return points.stream().max(Comparator.comparingLong(RestorePoint::id));
    }

    private static boolean isMetadata(Path file) {
        return file.getFileName().toString().equals(METADATA);
    }

    private static Optional<RestorePoint> read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            long id =
                    Checkpoints.loadCheckpointMetadata(
                                    in,
                                    RestorePoint.class.getClassLoader(),
                                    file.getParent().toUri().toString())
                            .getCheckpointId();
            return Optional.of(new RestorePoint(file.getParent(), id));
        } catch (IOException | RuntimeException broken) {
            LOG.warn("{} is not a readable checkpoint and is passed over", file, broken);
            return Optional.empty();
        }
    }
}
