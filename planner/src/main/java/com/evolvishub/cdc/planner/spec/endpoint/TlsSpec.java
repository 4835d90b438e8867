package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.util.Objects;

/**
 * The {@code ssl_*} keys of an endpoint. An empty text means that the key was not given.
 *
 * @param mode {@code ssl_mode}: disable, allow, prefer, require, verify-ca or verify-full
 * @param certificate path of the client's certificate
 * @param key path of the client's private key
 * @param rootCertificate path of the trusted certificate authorities
 */
public record TlsSpec(String mode, String certificate, String key, String rootCertificate)
        implements Serializable {

    /** No keys given: the client's defaults apply. */
    public static final TlsSpec UNSET = new TlsSpec("", "", "", "");

    public TlsSpec {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(rootCertificate, "rootCertificate");
    }
}
