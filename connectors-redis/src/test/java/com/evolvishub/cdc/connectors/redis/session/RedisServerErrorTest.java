package com.evolvishub.cdc.connectors.redis.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.sink.failure.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisServerErrorTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "-OOM command not allowed when used memory > 'maxmemory'.",
                "ERR Error running script (call to f_0a1b): @user_script:9: @user_script: 9: -OOM"
                        + " command not allowed when used memory > 'maxmemory'.",
                "OOM command not allowed when used memory > 'maxmemory'. script: 0a1b, on"
                        + " @user_script:9.",
            })
    void findsTheCodeWithinAScriptError(String message) {
        RedisServerError error = RedisServerError.of(message);

        assertThat(error.code()).isEqualTo("OOM");
        assertThat(error.text())
                .isEqualTo("OOM command not allowed when used memory > 'maxmemory'.");
    }

    @ParameterizedTest
    @CsvSource({
        "LOADING Redis is loading the dataset in memory,TRANSIENT",
        "READONLY You can't write against a read only replica.,TRANSIENT",
        "MASTERDOWN Link with MASTER is down,TRANSIENT",
        "CLUSTERDOWN Hash slot not served,TRANSIENT",
        "TRYAGAIN Multiple keys request during rehashing of slot,TRANSIENT",
        "OOM command not allowed,TRANSIENT",
        "MISCONF Redis is configured to save RDB snapshots,TRANSIENT",
        "NOREPLICAS Not enough good replicas to write.,TRANSIENT",
        "ERR max number of clients reached,TRANSIENT",
        "WRONGPASS invalid username-password pair,AUTHENTICATION",
        "NOAUTH Authentication required.,PERMANENT",
        "NOPERM this user has no permissions,PERMANENT",
        "WRONGTYPE Operation against a key,PERMANENT",
        "ERR DB index is out of range,PERMANENT",
        "ERR unknown command,PERMANENT",
        "'',PERMANENT"
    })
    void distinguishesTransientFromPermanentErrors(String message, FailureKind kind) {
        assertThat(RedisServerError.of(message).kind(false)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOPERM this user has no permissions to run the 'xadd' command",
                "ERR Error running script (call to f_0a1b): @user_script:9: @user_script: 9: The"
                        + " user executing the script can't run this command or subcommand",
                "ERR ACL failure in script: User w has no permissions to run the 'xadd' command",
            })
    void recognizesEveryWordingOfAMissingRight(String message) {
        assertThat(RedisServerError.of(message).code()).isEqualTo("NOPERM");
    }

    @Test
    void aMovedSlotIsTransientOnlyInACluster() {
        RedisServerError moved = RedisServerError.of("MOVED 12539 127.0.0.1:7001");

        assertThat(moved.kind(true)).isEqualTo(FailureKind.TRANSIENT);
        assertThat(moved.kind(false)).isEqualTo(FailureKind.PERMANENT);
        assertThat(moved.explain(false)).endsWith(": give cluster: true");
    }

    @Test
    void addsAKnownRemedyToTheText() {
        assertThat(RedisServerError.of("ERR DB index is out of range").explain(false))
                .isEqualTo("ERR DB index is out of range: check database");
        assertThat(RedisServerError.of("ERR something else").explain(false))
                .isEqualTo("ERR something else");
    }
}
