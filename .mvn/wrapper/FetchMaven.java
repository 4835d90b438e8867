import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Fetches Maven into a folder: version, SHA-512 of its zip, folder. Run by mvnw with a JDK alone, so that
 * neither curl nor unzip need be there. MVNW_REPOURL names a mirror; else it is the repository that Maven
 * itself uses, whose name is its group id turned round.
 */
final class FetchMaven {

    public static void main(String[] args) throws Exception {
        String version = args[0];
        Path home = Path.of(args[2]);
        List<String> labels = new ArrayList<>(Arrays.asList("org.apache.maven".split("\\.")));
        Collections.reverse(labels);
        String mirror = System.getenv("MVNW_REPOURL");
        String repository =
                mirror == null || mirror.isBlank()
                        ? "https://repo." + String.join(".", labels) + "/maven2"
                        : mirror.replaceAll("/+$", "");
        URI zip =
                URI.create(
                        "%s/org/apache/maven/apache-maven/%s/apache-maven-%s-bin.zip"
                                .formatted(repository, version, version));
        System.err.println("fetching Maven " + version);
        HttpResponse<byte[]> answer =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()
                        .send(
                                HttpRequest.newBuilder(zip).build(),
                                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            fail("could not fetch Maven " + version + ": HTTP " + answer.statusCode());
        }
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(answer.body());
        if (!HexFormat.of().formatHex(digest).equals(args[1])) {
            fail("Maven " + version + " does not have the checksum of maven-wrapper.properties");
        }
        Files.createDirectories(home.getParent());
        Path unpacked = Files.createTempDirectory(home.getParent(), "unpacking-");
        try (ZipInputStream entries =
                new ZipInputStream(new java.io.ByteArrayInputStream(answer.body()))) {
            for (ZipEntry entry; (entry = entries.getNextEntry()) != null; ) {
                write(entries, entry, unpacked);
            }
        }
        try (Stream<Path> inside = Files.list(unpacked)) {
            Path maven = inside.findFirst().orElseThrow();
            maven.resolve("bin/mvn").toFile().setExecutable(true);
            if (!Files.exists(home)) {
                Files.move(maven, home, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static void write(InputStream content, ZipEntry entry, Path root) throws Exception {
        Path file = root.resolve(entry.getName()).normalize();
        if (!file.startsWith(root)) {
            fail("an entry of the zip leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(file);
        } else {
            Files.createDirectories(file.getParent());
            Files.copy(content, file);
        }
    }

    private static void fail(String message) {
        System.err.println(message);
        System.exit(1);
    }
}
