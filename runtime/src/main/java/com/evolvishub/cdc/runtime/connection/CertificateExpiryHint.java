package com.evolvishub.cdc.runtime.connection;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

/** Finds a certificate whose time is over, which TLS tells as a "validity check" that failed. */
public final class CertificateExpiryHint {

    private CertificateExpiryHint() {}

    /**
     * What to add to a failure's message.
     *
     * @return empty if no certificate's time is to blame
     */
    public static String describe(Throwable failure) {
        Throwable cause = failure;
        // a chain may lead back into itself
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
