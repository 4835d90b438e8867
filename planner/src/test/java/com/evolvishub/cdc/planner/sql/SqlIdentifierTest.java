package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlIdentifierTest {

    @Test
    void keepsEveryCharacterOfAName() {
        assertThat(SqlIdentifier.quote("a.b \"x\" \\ 🐘")).isEqualTo("\"a.b \"\"x\"\" \\ 🐘\"");
    }

    @Test
    void omitsAMissingSchema() {
        assertThat(SqlIdentifier.quote("", "Order")).isEqualTo("\"Order\"");
        assertThat(SqlIdentifier.quote("a.b", "Order")).isEqualTo("\"a.b\".\"Order\"");
    }

    @Test
    void rejectsEmptyNamesAndNul() {
        assertThatThrownBy(() -> SqlIdentifier.quote(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an empty text is no name");
        assertThatThrownBy(() -> SqlIdentifier.quote("a\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a name cannot hold a NUL character");
    }
}
