package com.evolvishub.cdc.job.embedded;

/** The port asked for is taken. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortInUseException(int port, Throwable cause) {
        super(
                "port %d is in use on 127.0.0.1; choose another with --port, or leave it out for a free one"
                        .formatted(port),
                cause);
    }
}
