package com.evolvishub.cdc.sink.writer;

import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Distinguishes internal errors of this program from exceptions of the same class that a client
 * library throws when a connection fails. The class that threw it decides. Waiting for the
 * destination helps only in the second case.
 */
final class InternalErrorDetector {

    private static final String OWN_PACKAGE = "com.evolvishub.cdc.";

    /**
     * Frames of the JDK are skipped: it throws for its caller, for example {@code
     * Objects.requireNonNull}.
     */
    private static final List<String> JDK_PACKAGES = List.of("java.", "javax.", "jdk.", "sun.");

    private static final List<Class<? extends RuntimeException>> KINDS =
            List.of(
                    NullPointerException.class,
                    ClassCastException.class,
                    IndexOutOfBoundsException.class,
                    IllegalStateException.class,
                    IllegalArgumentException.class,
                    NoSuchElementException.class,
                    ConcurrentModificationException.class,
                    ArithmeticException.class,
                    NegativeArraySizeException.class,
                    ArrayStoreException.class);

    private InternalErrorDetector() {}

    /** The exception and where it was thrown, for a bug report; empty: not an internal error. */
    static Optional<String> describe(Exception failure) {
        if (KINDS.stream().noneMatch(kind -> kind.isInstance(failure))) {
            return Optional.empty();
        }
        return Arrays.stream(failure.getStackTrace())
                .filter(frame -> JDK_PACKAGES.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .filter(thrower -> thrower.getClassName().startsWith(OWN_PACKAGE))
                .map(thrower -> failure + " at " + thrower);
    }
}
