package com.evolvishub.cdc.planner.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTypeTest {

    private static EndpointSpec endpoint(
            DestinationType type, String database, String schema, String table, Option... options) {
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

    private static Option option(String name, String value) {
        return new Option(name, new Secret(value));
    }

    @Test
    void typesKnowTheirPorts() {
        assertThat(List.of(new PostgresType(), new KafkaType(), new PulsarType()))
                .extracting(DestinationType::defaultPort)
                .containsExactly(5432, 9092, 6650);
        assertThat(new RedisStreamsType().defaultPort()).isEqualTo(6379);
    }

    @Test
    void onlyTablesAreKeyed() {
        assertThat(new PostgresType().keyed()).isTrue();
        assertThat(new KafkaType().keyed()).isFalse();
        assertThat(new PulsarType().keyed()).isFalse();
        assertThat(new RedisStreamsType().keyed()).isFalse();
    }

    @Test
    void plansCallThemByTypeAndPlace() {
        PostgresType postgres = new PostgresType();

        assertThat(postgres.label(endpoint(postgres, "data_warehouse", "", "dim_customer")))
                .isEqualTo("postgresql data_warehouse.dim_customer");
        assertThat(postgres.label(endpoint(postgres, "dw", "sales", "t")))
                .isEqualTo("postgresql dw.sales.t");
        assertThat(new KafkaType().label(endpoint(new KafkaType(), "", "", "order_events")))
                .isEqualTo("kafka order_events");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:9092", "a:1, b.c:2", "10.0.0.1:9092,x-y:65535"})
    void kafkaTakesAListOfServersInPlaceOfAHost(String servers) {
        KafkaType kafka = new KafkaType();
        Option option = option("bootstrap_servers", servers);

        assertThat(kafka.check(endpoint(kafka, "", "", "t", option))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'',events",
        "public/default,events",
        "public/default,persistent://public/default/events",
        "'',persistent://t/n/events"
    })
    void pulsarTakesShortAndFullTopics(String database, String topic) {
        PulsarType pulsar = new PulsarType();

        assertThat(pulsar.check(endpoint(pulsar, database, "", topic))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "15"})
    void redisTakesANumberForItsDatabase(String database) {
        RedisStreamsType redis = new RedisStreamsType();

        assertThat(redis.check(endpoint(redis, database, "", "s"))).isEmpty();
    }

    @Test
    void optionsAreNamedOnceAType() {
        for (DestinationType type :
                List.of(
                        new PostgresType(),
                        new KafkaType(),
                        new PulsarType(),
                        new RedisStreamsType())) {
            assertThat(type.options()).extracting(OptionKey::name).doesNotHaveDuplicates();
            assertThat(type.exactlyOnce()).isNotBlank();
        }
    }
}
