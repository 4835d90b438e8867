package com.evolvishub.cdc.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NearMissesTest {

    @Test
    void countsTheLettersThatHaveToChange() {
        assertThat(NearMisses.distance("orders", "orders")).isZero();
        assertThat(NearMisses.distance("custmers", "customers")).isEqualTo(1);
        assertThat(NearMisses.distance("order", "orders")).isEqualTo(1);
        assertThat(NearMisses.distance("", "abc")).isEqualTo(3);
        assertThat(NearMisses.distance("kitten", "sitting")).isEqualTo(3);
    }
}
