package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceErrorClassifierTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "40001", "40P01", "53300", "57014", "57P01", "57P03", "55P03", "58030"
            })
    void transientErrors(String state) {
        assertThat(classified(state).isTransient()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42P01", "42501", "28P01", "3D000", "0A000", "22P02", "25006", "XX000"})
    void permanentErrors(String state) {
        assertThat(classified(state).isTransient()).isFalse();
    }

    @Test
    void anErrorWithoutAnSqlStateIsTransient() {
        assertThat(classified(null).isTransient()).isTrue();
        assertThat(
                        ((SourceException)
                                        SourceErrorClassifier.toException(new IOException("gone")))
                                .isTransient())
                .isTrue();
    }

    @Test
    void doesNotWrapAProgrammingError() {
        RuntimeException bug = new IndexOutOfBoundsException("3");

        assertThat(SourceErrorClassifier.toException(bug)).isSameAs(bug);
    }

    private static SourceException classified(String state) {
        return (SourceException)
                SourceErrorClassifier.toException(new SQLException("it failed", state));
    }
}
