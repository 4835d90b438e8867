package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OwnFaultTest {

    private static RuntimeException thrownBy(ThrowingCallable code) {
        return catchThrowableOfType(RuntimeException.class, code);
    }

    @Test
    void namesClassMessageAndPlace() {
        RuntimeException failure =
                thrownBy(
                        () -> {
                            throw new IllegalStateException("no lane");
                        });

        assertThat(OwnFault.described(failure))
                .get()
                .asString()
                .startsWith("java.lang.IllegalStateException: no lane at ")
                .contains("com.evolvishub.cdc.delivery.OwnFaultTest.")
                .contains("(OwnFaultTest.java:");
    }

    @Test
    void isOursWhereTheJdkThrowsAtOurCall() {
        assertThat(OwnFault.described(thrownBy(() -> Objects.requireNonNull(null)))).isPresent();
        assertThat(OwnFault.described(thrownBy(() -> List.of(1).get(1)))).isPresent();
        assertThat(OwnFault.described(thrownBy(() -> List.of().iterator().next()))).isPresent();
    }

    @Test
    void isNoneWhereALibraryThrowsItOrNothingTellsWhoDid() {
        NullPointerException failure = new NullPointerException("socket");
        failure.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("java.util.Objects", "requireNonNull", null, 1),
                    new StackTraceElement("redis.clients.jedis.Connection", "getOne", null, 2),
                    new StackTraceElement(OwnFaultTest.class.getName(), "write", null, 3)
                });
        assertThat(OwnFault.described(failure)).isEmpty();

        failure.setStackTrace(new StackTraceElement[0]);
        assertThat(OwnFault.described(failure)).isEmpty();
    }

    @Test
    void isNoneWhereTheClassSaysThatAConnectionBroke() {
        assertThat(OwnFault.described(new IOException("reset"))).isEmpty();
        assertThat(OwnFault.described(new UncheckedIOException(new IOException("reset"))))
                .isEmpty();
    }
}
