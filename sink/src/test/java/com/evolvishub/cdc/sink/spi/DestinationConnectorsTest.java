package com.evolvishub.cdc.sink.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DestinationConnectorsTest {

    @Test
    void namesTheDestinationTypesOfThisBuild() {
        assertThatThrownBy(() -> DestinationConnectors.load().connector("parchment"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("this build cannot write to parchment yet; it can write to memory");
    }
}
