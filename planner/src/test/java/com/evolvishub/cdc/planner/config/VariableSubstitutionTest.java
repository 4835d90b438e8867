package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariableSubstitutionTest {

    private static String file(String source, String rest) {
        return """
        name: x
        mappings:
          - name: a
            source:
              type: postgresql
              host: h
              database: d
              %s
            destination: {type: kafka, host: h, table: t}
            %s
        """
                .formatted(source, rest);
    }

    private static MappingSpec mapping(SpecReaderFixture reading, String source, String rest) {
        return reading.read(file(source, rest)).spec().mappings().get(0);
    }

    private static String password(SpecReaderFixture reading, String value) {
        return mapping(reading, "table: t\n      password: '" + value + "'", "")
                .source()
                .connection()
                .password()
                .reveal();
    }

    @Test
    void resolvesEnvironmentDefaultsAndFiles() {
        SpecReaderFixture reading =
                SpecReaderFixture.plain()
                        .with("A", "1")
                        .with("EMPTY", "")
                        .withFile("/run/secrets/x", "s\n");

        assertThat(password(reading, "<${A}-${A}>")).isEqualTo("<1-1>");
        assertThat(password(reading, "${EMPTY}${UNSET:-}")).isEmpty();
        assertThat(password(reading, "${EMPTY:-b}${UNSET:-c d}")).isEqualTo("bc d");
        assertThat(password(reading, "${file:/run/secrets/x}")).isEqualTo("s");
    }

    @Test
    void doesNotResolveReferencesInResolvedText() {
        SpecReaderFixture reading =
                SpecReaderFixture.plain().with("A", "${B}$${C}").with("B", "never");

        assertThat(password(reading, "${A}")).isEqualTo("${B}$${C}");
    }

    @Test
    void aDoubledDollarEscapesAReference() {
        SpecReaderFixture reading = SpecReaderFixture.plain().with("A", "1");

        assertThat(password(reading, "$${A}")).isEqualTo("${A}");
        assertThat(password(reading, "$$${A}")).isEqualTo("$${A}");
        assertThat(password(reading, "a$b$$c")).isEqualTo("a$b$$c");
    }

    @Test
    void sqlKeepsItsDollarQuotes() {
        String query = "SELECT $${\"a\": 1}$$::json, '${', ${LIMIT} -- $${LIMIT}";
        MappingSpec mapping =
                mapping(
                        SpecReaderFixture.plain().with("LIMIT", "5"),
                        "",
                        "custom_query: |\n      " + query);

        assertThat(mapping.query()).isEqualTo("SELECT $${\"a\": 1}$$::json, '${', 5 -- ${LIMIT}\n");
    }

    @Test
    void messagesShowTheReferenceInsteadOfItsValue() {
        SpecReaderFixture reading =
                SpecReaderFixture.plain().with("TOPIC", "hush hush").with("N", "hush");
        List<String> problems =
                reading.problems(
                        """
                        name: x
                        max_workers: ${N}
                        log_level: ${N}
                        mappings:
                          - name: ${N}
                            source: {type: postgresql, host: h, database: d, table: t}
                            destination: {type: kafka, host: h, table: "${TOPIC}"}
                          - name: ${N}
                            source: {type: postgresql, host: h, database: d, table: t}
                            destination: {type: "${N}"}
                            exclude_columns: ["${N}", "${N}"]
                        """);

        assertThat(problems)
                .hasSize(6)
                .noneMatch(problem -> problem.contains("hush"))
                .contains(
                        "max_workers: expected a whole number, 1 or more, found \"${N}\" (line 2)",
                        "mappings[1].name: two mappings are called \"${N}\"; mappings[0] is the other (line 8)");
    }

    @Test
    void messagesContainNoSecrets() {
        List<String> problems =
                SpecReaderFixture.plain()
                        .problems(
                                file(
                                        "table: t\n      password: ['hush']\n      additional_params: {service: hush, a: [hush]}",
                                        ""));

        assertThat(problems).hasSize(3).noneMatch(problem -> problem.contains("hush"));
        assertThat(
                        mapping(SpecReaderFixture.plain(), "table: t\n      password: hush", "")
                                .toString())
                .doesNotContain("hush");
    }

    @Test
    void credentialsComeFromTheEnvironmentWhenTheFileHasNone() {
        SpecReaderFixture libpq =
                SpecReaderFixture.plain().with("PGUSER", "u").with("PGPASSWORD", "p");
        SpecReaderFixture own =
                SpecReaderFixture.plain()
                        .with("PGUSER", "u")
                        .with("EVOLVISHUB_CDC_SOURCE_USERNAME", "s")
                        .with("EVOLVISHUB_CDC_DESTINATION_USERNAME", "d");
        String text = SpecReaderFixture.resource("/seed/customer_views.yaml");

        MappingSpec byLibpq = libpq.read(text).spec().mappings().get(0);
        MappingSpec byOwn = own.read(text).spec().mappings().get(0);

        assertThat(byLibpq.source().connection()).returns("u", ConnectionSpec::username);
        assertThat(byLibpq.source().connection().password().reveal()).isEqualTo("p");
        assertThat(byOwn.source().connection()).returns("s", ConnectionSpec::username);
        assertThat(byOwn.destinations().get(0).connection()).returns("d", ConnectionSpec::username);
        assertThat(byOwn.source().connection().password().isEmpty()).isTrue();
        assertThat(mapping(libpq, "table: t\n      username: me", "").source().connection())
                .returns("me", ConnectionSpec::username);
    }
}
