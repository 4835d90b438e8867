package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class InternalErrorDetectorTest {

    private static RuntimeException thrownBy(ThrowingCallable code) {
        return catchThrowableOfType(RuntimeException.class, code);
    }

    @Test
    void namesClassMessageAndStackFrame() {
        RuntimeException failure =
                thrownBy(
                        () -> {
                            throw new IllegalStateException("no lane");
                        });

        assertThat(InternalErrorDetector.describe(failure))
                .get()
                .asString()
                .startsWith("java.lang.IllegalStateException: no lane at ")
                .contains("com.evolvishub.cdc.sink.writer.InternalErrorDetectorTest.")
                .contains("(InternalErrorDetectorTest.java:");
    }

    @Test
    void detectsAnErrorThatTheJdkThrowsAtOurCall() {
        assertThat(InternalErrorDetector.describe(thrownBy(() -> Objects.requireNonNull(null))))
                .isPresent();
        assertThat(InternalErrorDetector.describe(thrownBy(() -> List.of(1).get(1)))).isPresent();
        assertThat(InternalErrorDetector.describe(thrownBy(() -> List.of().iterator().next())))
                .isPresent();
    }

    @Test
    void ignoresErrorsOfALibraryAndErrorsWithoutAStackTrace() {
        NullPointerException failure = new NullPointerException("socket");
        failure.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("java.util.Objects", "requireNonNull", null, 1),
                    new StackTraceElement("redis.clients.jedis.Connection", "getOne", null, 2),
                    new StackTraceElement(
                            InternalErrorDetectorTest.class.getName(), "write", null, 3)
                });
        assertThat(InternalErrorDetector.describe(failure)).isEmpty();

        failure.setStackTrace(new StackTraceElement[0]);
        assertThat(InternalErrorDetector.describe(failure)).isEmpty();
    }

    @Test
    void ignoresExceptionsOfABrokenConnection() {
        assertThat(InternalErrorDetector.describe(new IOException("reset"))).isEmpty();
        assertThat(
                        InternalErrorDetector.describe(
                                new UncheckedIOException(new IOException("reset"))))
                .isEmpty();
    }
}
