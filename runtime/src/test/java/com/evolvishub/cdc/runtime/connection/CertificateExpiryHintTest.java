package com.evolvishub.cdc.runtime.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class CertificateExpiryHintTest {

    @Test
    void findsAnExpiredCertificateInTheCauses() {
        Exception expired = new CertificateExpiredException("NotAfter: Tue Nov 24 03:09:50 2026");
        SSLHandshakeException handshake = new SSLHandshakeException("PKIX path validation failed");
        handshake.initCause(new CertPathValidatorException("validity check failed", expired));
        assertThat(CertificateExpiryHint.describe(new IOException("SSL error", handshake)))
                .isEqualTo(
                        ": the server's certificate has expired (NotAfter: Tue Nov 24 03:09:50 2026); renew it there");
    }

    @Test
    void advisesToCheckTheClocksWhenACertificateIsNotValidYet() {
        assertThat(
                        CertificateExpiryHint.describe(
                                new IOException(
                                        new CertificateNotYetValidException("NotBefore: 2030"))))
                .isEqualTo(
                        ": the server's certificate is not valid yet (NotBefore: 2030); look at the clocks of both machines");
    }

    @Test
    void describesNoOtherFailure() {
        assertThat(CertificateExpiryHint.describe(new IOException("connection refused"))).isEmpty();
        Exception one = new IOException();
        Exception other = new IOException(one);
        one.initCause(other);
        assertThat(CertificateExpiryHint.describe(one)).isEmpty();
    }
}
