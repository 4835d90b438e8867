package com.evolvishub.cdc.sink.writer;

import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Tells a mistake in our own code from what a client library throws when a connection breaks, which
 * may be of the same class: by who has thrown it. To wait for the destination helps against the
 * second alone.
 */
final class InternalErrorDetector {

    private static final String OWN_PACKAGE = "com.evolvishub.cdc.";

    /**
     * The JDK throws them where its caller is wrong, for example {@code Objects.requireNonNull}.
     */
    private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.");

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

    /** What it is and where, for who has to mend it; empty: it is none of ours. */
    static Optional<String> describe(Exception failure) {
        if (KINDS.stream().noneMatch(kind -> kind.isInstance(failure))) {
            return Optional.empty();
        }
        return Arrays.stream(failure.getStackTrace())
                .filter(frame -> OF_THE_JDK.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .filter(thrower -> thrower.getClassName().startsWith(OWN_PACKAGE))
                .map(thrower -> failure + " at " + thrower);
    }
}
