package com.evolvishub.cdc.connectors.redis.writer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisTargetVerifierTest {

    @Test
    void ordersEntryIdsByTheirTwoNumbers() {
        assertThat(RedisTargetVerifier.compare("9-0", "10-0")).isNegative();
        assertThat(RedisTargetVerifier.compare("10-2", "10-10")).isNegative();
        assertThat(RedisTargetVerifier.compare("10-2", "10-2")).isZero();
        assertThat(RedisTargetVerifier.compare("18446744073709551615-0", "1-0")).isPositive();
    }
}
