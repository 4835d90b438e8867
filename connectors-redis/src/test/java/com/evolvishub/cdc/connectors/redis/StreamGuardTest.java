package com.evolvishub.cdc.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamGuardTest {

    @Test
    void ordersEntriesByTheirTwoNumbers() {
        assertThat(StreamGuard.compare("9-0", "10-0")).isNegative();
        assertThat(StreamGuard.compare("10-2", "10-10")).isNegative();
        assertThat(StreamGuard.compare("10-2", "10-2")).isZero();
        assertThat(StreamGuard.compare("18446744073709551615-0", "1-0")).isPositive();
    }
}
