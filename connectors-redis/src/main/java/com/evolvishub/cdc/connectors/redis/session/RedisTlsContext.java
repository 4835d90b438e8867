package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Creates Java's TLS context from the {@code ssl_*} keys. The files are PEM. Without {@code
 * ssl_mode} the connection is plain, unless certificates are given: then it is {@code verify-full}.
 */
final class RedisTlsContext {

    private static final char[] NO_PASSWORD = new char[0];
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private RedisTlsContext() {}

    /**
     * The TLS context; empty: connections are plain.
     *
     * @throws IOException if a certificate or the key cannot be read; the message names the key of
     *     the file
     */
    static Optional<SSLContext> context(TlsSpec spec) throws IOException {
        String mode = mode(spec);
        if (mode.equals("disable")) {
            return Optional.empty();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(spec), trust(spec, mode), null);
            return Optional.of(context);
        } catch (GeneralSecurityException e) {
            throw new UnusableCertificateException("TLS: " + e.getMessage(), e);
        }
    }

    /** Whether the certificate must match the host of the file. */
    static boolean verifiesHostName(TlsSpec spec) {
        return mode(spec).equals("verify-full");
    }

    private static String mode(TlsSpec spec) {
        if (!spec.mode().isEmpty()) {
            return spec.mode();
        }
        boolean plain = spec.rootCertificate().isEmpty() && spec.certificate().isEmpty();
        return plain ? "disable" : "verify-full";
    }

    private static TrustManager[] trust(TlsSpec spec, String mode)
            throws IOException, GeneralSecurityException {
        if (spec.rootCertificate().isEmpty()) {
            // null: Java's default trust store
            return mode.equals("require") ? new TrustManager[] {new AnyCertificate()} : null;
        }
        KeyStore trusted = emptyStore();
        int index = 0;
        for (Certificate one : certificates("ssl_root_cert", spec.rootCertificate())) {
            trusted.setCertificateEntry("authority-" + index++, one);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(TlsSpec spec) throws IOException, GeneralSecurityException {
        if (spec.certificate().isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client",
                privateKey(spec.key()),
                NO_PASSWORD,
                certificates("ssl_cert", spec.certificate()).toArray(new Certificate[0]));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String key, String path)
            throws IOException {
        try (InputStream in = new FileInputStream(path)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new UnusableCertificateException(
                        "%s: no certificate in %s; expected PEM".formatted(key, path), null);
            }
            return found;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(key, path, e);
        }
    }

    private static PrivateKey privateKey(String path) throws IOException {
        try (InputStream in = new FileInputStream(path)) {
            String pem = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            Matcher key = KEY.matcher(pem);
            if (!key.find()) {
                throw new UnusableCertificateException(
                        ("ssl_key: no plain PKCS#8 key in %s; openssl pkcs8 -topk8 -nocrypt makes"
                                        + " one")
                                .formatted(path),
                        null);
            }
            byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                Optional<PrivateKey> read = privateKey(algorithm, encoded);
                if (read.isPresent()) {
                    return read.get();
                }
            }
            throw new UnusableCertificateException(
                    "ssl_key: neither RSA nor EC nor Ed25519: " + path, null);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("ssl_key", path, e);
        }
    }

    /** Empty if the key has another algorithm. */
    private static Optional<PrivateKey> privateKey(String algorithm, byte[] encoded)
            throws GeneralSecurityException {
        try {
            return Optional.of(
                    KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (InvalidKeySpecException e) {
            return Optional.empty();
        }
    }

    private static UnusableCertificateException unusable(String key, String path, Exception cause) {
        return cause instanceof UnusableCertificateException known
                ? known
                : new UnusableCertificateException(
                        "%s: cannot read %s: %s".formatted(key, path, cause.getMessage()), cause);
    }

    /** A certificate or key that the user has to fix. */
    static final class UnusableCertificateException extends IOException {
        private static final long serialVersionUID = 1L;

        UnusableCertificateException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** {@code ssl_mode: require} encrypts without verifying the server. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
