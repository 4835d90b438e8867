package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An installed PostgreSQL server program: the directory with initdb and postgres.
 *
 * @param origin human-readable, for messages
 */
public record PostgresProgram(Path bin, String origin) {

    /**
     * Returns the first program found: the archive from Maven on the class path, the newest version
     * of Debian's packages, the program on the PATH.
     *
     * @param major the required major version; empty: any
     * @throws ServerUnavailableException if no program is found
     */
    static PostgresProgram find(OptionalInt major) {
        return PostgresArchive.onClassPath(major)
                .map(archive -> new PostgresProgram(archive.unpack().resolve("bin"), "Maven"))
                .or(() -> installedByDebian(major))
                .or(() -> major.isPresent() ? Optional.empty() : onPath())
                .orElseThrow(
                        () ->
                                new ServerUnavailableException(
                                        "no PostgreSQL server program"
                                                + (major.isPresent() ? " " + major.getAsInt() : "")
                                                + ": none from Maven for this system on the class"
                                                + " path, none in /usr/lib/postgresql, none on the"
                                                + " PATH. Install one, or give an address by"
                                                + " -Dservers.postgres.url=jdbc:postgresql://..."));
    }

    Path initdb() {
        return bin.resolve("initdb");
    }

    Path postgres() {
        return bin.resolve("postgres");
    }

    /** The major version that {@code postgres --version} prints. */
    int major() throws IOException {
        Process process =
                new ProcessBuilder(postgres().toString(), "--version")
                        .redirectErrorStream(true)
                        .start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        Matcher number = Pattern.compile("\\(PostgreSQL\\) (\\d+)").matcher(output);
        if (!number.find()) {
            throw new IOException(postgres() + " is no PostgreSQL: " + output);
        }
        return Integer.parseInt(number.group(1));
    }

    private static Optional<PostgresProgram> installedByDebian(OptionalInt major) {
        Path root = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(root)) {
            return versions.filter(version -> major(version).isPresent())
                    .filter(version -> major.isEmpty() || major.equals(major(version)))
                    .sorted(Comparator.comparing((Path v) -> major(v).orElse(0)).reversed())
                    .map(version -> version.resolve("bin"))
                    .filter(PostgresProgram::isComplete)
                    .findFirst()
                    .map(bin -> new PostgresProgram(bin, "installed"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static OptionalInt major(Path version) {
        String name = version.getFileName().toString();
        return name.matches("\\d{1,4}")
                ? OptionalInt.of(Integer.parseInt(name))
                : OptionalInt.empty();
    }

    private static Optional<PostgresProgram> onPath() {
        return directoryOnPath("postgres")
                .filter(PostgresProgram::isComplete)
                .map(bin -> new PostgresProgram(bin, "on the PATH"));
    }

    private static boolean isComplete(Path bin) {
        return Files.isExecutable(bin.resolve("initdb"))
                && Files.isExecutable(bin.resolve("postgres"));
    }

    /** Returns the first directory of the PATH that contains the program. */
    public static Optional<Path> directoryOnPath(String program) {
        List<Path> directories = new ArrayList<>();
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(":", -1)) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        return directories.stream()
                .filter(directory -> Files.isExecutable(directory.resolve(program)))
                .findFirst();
    }
}
