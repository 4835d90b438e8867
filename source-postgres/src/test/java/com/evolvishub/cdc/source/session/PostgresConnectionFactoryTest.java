package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PostgresConnectionFactoryTest {

    @Test
    void passesOptionsOfTheFileToTheDriver() {
        Properties properties =
                PostgresConnectionFactory.properties(
                        new ConnectionSpec(
                                "db.example",
                                5433,
                                "shop",
                                "ada",
                                new Secret("sesame"),
                                new TlsSpec("verify-full", "c.pem", "k.pem", "ca.pem"),
                                Duration.ofMillis(2500),
                                List.of(
                                        new EndpointOption("gssEncMode", new Secret("disable")),
                                        new EndpointOption("currentSchema", new Secret("sales")))),
                        "evolvishub-cdc orders");

        assertThat(properties)
                .containsEntry("PGHOST", "db.example")
                .containsEntry("PGPORT", "5433")
                .containsEntry("user", "ada")
                .containsEntry("password", "sesame")
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslcert", "c.pem")
                .containsEntry("sslkey", "k.pem")
                .containsEntry("sslrootcert", "ca.pem")
                .containsEntry("gssEncMode", "disable")
                .containsEntry("connectTimeout", "3")
                .containsEntry("ApplicationName", "evolvishub-cdc orders")
                .containsEntry("readOnly", "false")
                .containsEntry("preferQueryMode", "extendedForPrepared")
                .containsEntry("assumeMinServerVersion", "13")
                .doesNotContainKey("currentSchema");
    }

    @Test
    void leavesOptionsThatTheFileOmitsToTheDriver() {
        Properties properties =
                PostgresConnectionFactory.properties(
                        new ConnectionSpec(
                                "localhost",
                                5432,
                                "shop",
                                "",
                                Secret.NONE,
                                TlsSpec.UNSET,
                                Duration.ofSeconds(10),
                                List.of()),
                        "evolvishub-cdc orders");

        assertThat(properties).doesNotContainKeys("user", "password", "sslmode", "sslrootcert");
    }
}
