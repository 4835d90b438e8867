package com.evolvishub.cdc.job.embedded;

/** The requested port is in use. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortInUseException(int port, Throwable cause) {
        super(
                "port %d is in use on 127.0.0.1; choose another with --port, or leave it out for a free one"
                        .formatted(port),
                cause);
    }
}
