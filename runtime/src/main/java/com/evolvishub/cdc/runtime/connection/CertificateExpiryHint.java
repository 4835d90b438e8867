package com.evolvishub.cdc.runtime.connection;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

/**
 * Detects an expired or not yet valid certificate, which TLS reports only as a failed "validity
 * check".
 */
public final class CertificateExpiryHint {

    private CertificateExpiryHint() {}

    /**
     * Text to append to the error message.
     *
     * @return empty if no certificate's validity is the cause
     */
    public static String describe(Throwable failure) {
        Throwable cause = failure;
        // a chain of causes may contain a cycle
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof CertificateExpiredException) {
                return ": the server's certificate has expired ("
                        + cause.getMessage()
                        + "); renew it there";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return ": the server's certificate is not valid yet ("
                        + cause.getMessage()
                        + "); look at the clocks of both machines";
            }
            cause = cause.getCause();
        }
        return "";
    }
}
