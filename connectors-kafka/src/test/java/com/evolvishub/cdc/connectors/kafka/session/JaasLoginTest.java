package com.evolvishub.cdc.connectors.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

class JaasLoginTest {

    /** Verified with Kafka's own parser. */
    @Property(tries = 500)
    void kafkaParsesNameAndPasswordAsGivenInTheFile(
            @ForAll String username, @ForAll String password) {
        Password line = new Password(JaasLogin.jaas("SCRAM-SHA-512", username, password));

        Map<String, ?> options =
                JaasContext.loadClientContext(Map.of("sasl.jaas.config", line))
                        .configurationEntries()
                        .get(0)
                        .getOptions();

        assertThat(options.get("username")).isEqualTo(username);
        assertThat(options.get("password")).isEqualTo(password);
    }
}
