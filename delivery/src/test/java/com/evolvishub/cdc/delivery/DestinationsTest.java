package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DestinationsTest {

    @Test
    void saysWhatThisBuildCanWriteTo() {
        assertThatThrownBy(() -> Destinations.load().connector("parchment"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("this build cannot write to parchment yet; it can write to memory");
    }
}
