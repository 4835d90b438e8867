package com.evolvishub.cdc.testing.broker;

import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Self-signed certificates and their keys as PEM: one of the broker and one of a client that the
 * broker trusts. The JDK's keytool creates them once per directory.
 *
 * @param home directory of the files
 * @param algorithm of the keys: EC, or RSA for a client that supports no other
 */
public record BrokerCertificates(Path home, String algorithm) {

    private static final String PASSWORD = "changeit";
    private static final String NAME = "one";

    /** Certificate and key of the broker, in one file. */
    public Path server() {
        return home.resolve("server.pem");
    }

    /** The key of the broker. */
    public Path serverKey() {
        return home.resolve("server-key.pem");
    }

    /** The certificate that a client must trust. */
    public Path serverCertificate() {
        return home.resolve("server-certificate.pem");
    }

    /** The certificate of the client. */
    public Path clientCertificate() {
        return home.resolve("client-certificate.pem");
    }

    /** The key of the client. */
    public Path clientKey() {
        return home.resolve("client-key.pem");
    }

    /** Creates the files if they do not exist. */
    public void make() throws IOException {
        if (Files.exists(clientKey())) {
            return;
        }
        KeyStore broker = generate("CN=broker", "SAN=IP:127.0.0.1,DNS:localhost");
        List<String> both = new ArrayList<>(key(broker));
        both.addAll(certificate(broker));
        TestDirectories.writePrivate(server(), both);
        TestDirectories.writePrivate(serverKey(), key(broker));
        TestDirectories.writePrivate(serverCertificate(), certificate(broker));
        KeyStore client = generate("CN=client", "SAN=DNS:client");
        TestDirectories.writePrivate(clientCertificate(), certificate(client));
        TestDirectories.writePrivate(clientKey(), key(client));
    }

    private KeyStore generate(String subject, String names) throws IOException {
        Path file = home.resolve("keytool.p12");
        Files.deleteIfExists(file);
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command =
                new ArrayList<>(List.of(tool.toString(), "-genkeypair", "-alias", NAME));
        command.addAll(List.of("-keyalg", algorithm, "-validity", "36500", "-dname", subject));
        command.addAll(List.of("-ext", names, "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", file.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("keytool.log").toFile())
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(
                        "keytool failed: " + Files.readString(home.resolve("keytool.log")));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD.toCharArray());
            }
            return store;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        } catch (GeneralSecurityException e) {
            throw new IOException("keytool wrote what Java cannot read", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static List<String> certificate(KeyStore store) throws IOException {
        try {
            return pem("CERTIFICATE", store.getCertificate(NAME).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static List<String> key(KeyStore store) throws IOException {
        try {
            Key key = store.getKey(NAME, PASSWORD.toCharArray());
            return pem("PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static List<String> pem(String what, byte[] content) {
        return List.of(
                "-----BEGIN " + what + "-----",
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content),
                "-----END " + what + "-----");
    }
}
