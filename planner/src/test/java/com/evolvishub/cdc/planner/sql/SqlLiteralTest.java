package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlLiteralTest {

    @Test
    void doublesQuotes() {
        assertThat(SqlLiteral.quote("O'Hara'; DROP TABLE t; --"))
                .isEqualTo("'O''Hara''; DROP TABLE t; --'");
    }

    @Test
    void usesEscapeSyntaxForABackslash() {
        assertThat(SqlLiteral.quote("a\\'b")).isEqualTo("E'a\\\\''b'");
    }

    @Test
    void rejectsNul() {
        assertThatThrownBy(() -> SqlLiteral.quote("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a text literal cannot hold a NUL character");
    }
}
