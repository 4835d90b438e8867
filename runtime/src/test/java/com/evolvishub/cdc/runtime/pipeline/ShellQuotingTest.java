package com.evolvishub.cdc.runtime.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellQuotingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "orders|orders",
                "orders.daily-1|orders.daily-1",
                "two words|'two words'",
                "it's|'it'\\''s'",
                "$HOME|'$HOME'",
                "orders→copy|'orders→copy'"
            })
    void quotesANameForAShellCommand(String name, String word) {
        assertThat(ShellQuoting.quote(name)).isEqualTo(word);
    }
}
