package com.evolvishub.cdc.testing.process;

/**
 * No server can be had on this machine; the message tells what was looked for and why it failed.
 */
public class ServerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ServerUnavailableException(String message) {
        super(message);
    }

    public ServerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
