package com.evolvishub.cdc.planner.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTypeTest {

    private static EndpointSpec endpoint(
            DestinationType type,
            String database,
            String schema,
            String table,
            EndpointOption... options) {
        ConnectionSpec connection =
                new ConnectionSpec(
                        options.length == 0 ? "h" : "",
                        type.defaultPort(),
                        database,
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        Duration.ofSeconds(30),
                        List.of());
        return new EndpointSpec(type.name(), connection, schema, table, List.of(options));
    }

    private static EndpointOption option(String name, String value) {
        return new EndpointOption(name, new Secret(value));
    }

    @Test
    void typesKnowTheirPorts() {
        assertThat(
                        List.of(
                                new PostgresDestinationType(),
                                new KafkaDestinationType(),
                                new PulsarDestinationType()))
                .extracting(DestinationType::defaultPort)
                .containsExactly(5432, 9092, 6650);
        assertThat(new RedisStreamsDestinationType().defaultPort()).isEqualTo(6379);
    }

    @Test
    void onlyTablesSupportKeys() {
        assertThat(new PostgresDestinationType().supportsKeys()).isTrue();
        assertThat(new KafkaDestinationType().supportsKeys()).isFalse();
        assertThat(new PulsarDestinationType().supportsKeys()).isFalse();
        assertThat(new RedisStreamsDestinationType().supportsKeys()).isFalse();
    }

    @Test
    void labelsConsistOfTypeAndTarget() {
        PostgresDestinationType postgres = new PostgresDestinationType();

        assertThat(postgres.label(endpoint(postgres, "data_warehouse", "", "dim_customer")))
                .isEqualTo("postgresql data_warehouse.dim_customer");
        assertThat(postgres.label(endpoint(postgres, "dw", "sales", "t")))
                .isEqualTo("postgresql dw.sales.t");
        assertThat(
                        new KafkaDestinationType()
                                .label(
                                        endpoint(
                                                new KafkaDestinationType(),
                                                "",
                                                "",
                                                "order_events")))
                .isEqualTo("kafka order_events");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:9092", "a:1, b.c:2", "10.0.0.1:9092,x-y:65535"})
    void kafkaAcceptsAListOfServersInsteadOfAHost(String servers) {
        KafkaDestinationType kafka = new KafkaDestinationType();
        EndpointOption option = option("bootstrap_servers", servers);

        assertThat(kafka.check(endpoint(kafka, "", "", "t", option))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'',events",
        "public/default,events",
        "public/default,persistent://public/default/events",
        "'',persistent://t/n/events"
    })
    void pulsarAcceptsShortAndFullTopicNames(String database, String topic) {
        PulsarDestinationType pulsar = new PulsarDestinationType();

        assertThat(pulsar.check(endpoint(pulsar, database, "", topic))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "15"})
    void redisAcceptsADatabaseNumber(String database) {
        RedisStreamsDestinationType redis = new RedisStreamsDestinationType();

        assertThat(redis.check(endpoint(redis, database, "", "s"))).isEmpty();
    }

    @Test
    void optionNamesAreUniquePerType() {
        for (DestinationType type :
                List.of(
                        new PostgresDestinationType(),
                        new KafkaDestinationType(),
                        new PulsarDestinationType(),
                        new RedisStreamsDestinationType())) {
            assertThat(type.options()).extracting(DestinationOption::name).doesNotHaveDuplicates();
            assertThat(type.exactlyOnceExplanation()).isNotBlank();
        }
    }
}
