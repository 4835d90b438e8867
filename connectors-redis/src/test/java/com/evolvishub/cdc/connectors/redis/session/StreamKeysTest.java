package com.evolvishub.cdc.connectors.redis.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.JedisClusterCRC16;

class StreamKeysTest {

    private static StreamKeys keys(String stream) {
        return StreamKeys.of(
                RedisTestStream.at("h", 1).stream(stream).option("cluster", "true").endpoint(),
                "file/a{b}/redis_streams:" + stream);
    }

    @Test
    void usesThePlainNameForDeadLettersWithoutACluster() {
        StreamKeys keys =
                StreamKeys.of(
                        RedisTestStream.at("h", 1).stream("orders").endpoint(), "file/orders");

        assertThat(keys.deadLetters()).isEqualTo("orders:dlq");
        assertThat(keys.progress()).isEqualTo("{orders}:evolvishub_cdc:file/orders");
    }

    @Test
    void usesTheHashTagOfTheStream() {
        assertThat(keys("a{b}c").deadLetters()).isEqualTo("a{b}c:dlq");
        assertThat(keys("orders").deadLetters()).isEqualTo("{orders}:dlq");
    }

    @Test
    void recognizesNamesWhoseSlotNoOtherKeyCanShare() {
        assertThat(StreamKeys.canShareSlot("a}b")).isFalse();
        assertThat(StreamKeys.canShareSlot("a{}b")).isFalse();
        assertThat(StreamKeys.canShareSlot("a{b")).isTrue();
    }

    @Property(tries = 500)
    void allKeysHashToTheStreamsSlot(
            @ForAll
                    @StringLength(min = 1, max = 8)
                    @Chars({'{', '}', ':'})
                    @CharRange(from = 'a', to = 'c')
                    String stream) {
        Assume.that(StreamKeys.canShareSlot(stream));
        int slot = JedisClusterCRC16.getSlot(stream);

        assertThat(JedisClusterCRC16.getSlot(keys(stream).progress())).isEqualTo(slot);
        assertThat(JedisClusterCRC16.getSlot(keys(stream).deadLetters())).isEqualTo(slot);
    }
}
