package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.CacheDirectory;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The server program from a Maven artifact: a compressed tar inside a jar. It is unpacked once per
 * user and version and shared by all processes.
 *
 * @param version from the jar's file name
 */
record PostgresArchive(URL location, String version) {
    private static final Pattern VERSION = Pattern.compile("-(\\d+)((?:\\.\\d+)*)\\.jar!");

    /** Returns the archive for this system, of the given major version if one is given. */
    static Optional<PostgresArchive> onClassPath(OptionalInt major) {
        String name = "postgres-%s-%s.txz".formatted(system(), processor());
        try {
            ClassLoader loader = PostgresArchive.class.getClassLoader();
            for (URL location : Collections.list(loader.getResources(name))) {
                Matcher version = VERSION.matcher(location.toString());
                if (!version.find()) {
                    continue;
                }
                int found = Integer.parseInt(version.group(1));
                if (major.isEmpty() || major.getAsInt() == found) {
                    String full = version.group(1) + version.group(2);
                    return Optional.of(new PostgresArchive(location, full));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the directory of the unpacked program; unpacks it if it does not exist. Several
     * processes may do this at the same time: each unpacks into its own directory, and the first to
     * rename it wins.
     */
    Path unpack() {
        try {
            Path home =
                    CacheDirectory.directory().resolve("postgresql-" + version + "-" + processor());
            if (Files.isDirectory(home)) {
                return home;
            }
            Path fresh = Files.createTempDirectory(home.getParent(), "unpacking-");
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpackInto(fresh);
            try {
                Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                throw e;
            } catch (FileSystemException e) {
                TestDirectories.delete(fresh); // another process was faster
            }
            return home;
        } catch (IOException e) {
            throw new ServerUnavailableException(
                    "cannot unpack PostgreSQL " + version + ": " + e, e);
        }
    }

    private void unpackInto(Path directory) throws IOException {
        try (InputStream packed = location.openStream();
                InputStream raw = new XZInputStream(new BufferedInputStream(packed));
                TarArchiveInputStream tar = new TarArchiveInputStream(raw)) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("archive reaches outside its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(target, directory.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target,
                            PosixFilePermissions.fromString(
                                    executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return Stream.of("linux", "darwin")
                .filter(
                        known ->
                                name.contains(known)
                                        || (name.contains("mac") && known.equals("darwin")))
                .findFirst()
                .orElse(name);
    }

    private static String processor() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return name.equals("aarch64") ? "arm_64" : "x86_64";
    }
}
