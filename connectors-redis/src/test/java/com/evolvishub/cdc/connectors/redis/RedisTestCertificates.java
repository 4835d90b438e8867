package com.evolvishub.cdc.connectors.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates for 127.0.0.1, created with the JDK's keytool: an authority, a server and a client
 * certificate signed by it, and an unrelated authority.
 */
public record RedisTestCertificates(Path folder) {

    private static final String PASSWORD = "changeit";

    public static RedisTestCertificates in(Path folder) throws Exception {
        RedisTestCertificates certificates = new RedisTestCertificates(folder);
        certificates.keytool("authority", "-ext", "bc:c");
        certificates.keytool("stranger", "-ext", "bc:c");
        certificates.keytool("server", "-signer", "authority", "-ext", "san=ip:127.0.0.1");
        certificates.keytool("client", "-signer", "authority");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.store())) {
            store.load(in, PASSWORD.toCharArray());
        }
        for (String name : List.of("authority", "stranger", "server", "client")) {
            certificates.export(store, name);
        }
        return certificates;
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private Path store() {
        return folder.resolve("store.p12");
    }

    private void keytool(String name, String... more) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                name,
                                "-dname",
                                "CN=" + name,
                                "-keyalg",
                                "EC",
                                "-keystore",
                                store().toString(),
                                "-storepass",
                                PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] output = keytool.getInputStream().readAllBytes();
        if (keytool.waitFor() != 0) {
            throw new IOException(new String(output, StandardCharsets.UTF_8));
        }
    }

    private void export(KeyStore store, String name) throws IOException, GeneralSecurityException {
        pem(certificate(name), "CERTIFICATE", store.getCertificate(name).getEncoded());
        pem(key(name), "PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(Path file, String what, byte[] encoded) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        Files.writeString(
                file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(what, body));
    }
}
