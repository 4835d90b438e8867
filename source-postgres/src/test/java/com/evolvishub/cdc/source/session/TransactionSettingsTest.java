package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionSettingsTest {

    @Test
    void setsTransactionSettingsAndNoSessionSettings() {
        String begin =
                new TransactionSettings(17, Optional.empty()).begin("REPEATABLE READ", "it's me");

        assertThat(begin.split("; "))
                .startsWith(
                        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                        "SET LOCAL application_name TO 'it''s me'")
                .contains(
                        "SET LOCAL statement_timeout TO '0'",
                        "SET LOCAL transaction_timeout TO '0'")
                .allSatisfy(
                        statement ->
                                assertThat(statement)
                                        .matches("(BEGIN|SET LOCAL) .*")
                                        .doesNotContain("search_path"));
    }

    @Test
    void omitsSettingsThatTheServerVersionDoesNotHave() {
        assertThat(new TransactionSettings(16, Optional.empty()).begin("READ COMMITTED", "a"))
                .doesNotContain("transaction_timeout TO");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sales | \"sales\"",
                "Sales,public | \"sales\", \"public\"",
                "\"Sales, old\" , public | \"Sales, old\", \"public\"",
                "\"a\"\"b\",\"$user\" | \"a\"\"b\", \"$user\"",
                "sales, pg_catalog, public | \"pg_catalog\", \"sales\", \"public\"",
                "x'; DROP TABLE t; -- | \"x'; drop table t; --\"",
            })
    void parsesASearchPathLikeTheServer(String path, String names) {
        assertThat(new TransactionSettings(17, Optional.of(path)).begin("READ COMMITTED", "a"))
                .endsWith("SET LOCAL search_path TO " + names);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "odd, pg_catalog | true",
                "\"$user\", public | false",
                "pg_catalog, odd | false",
                "'' | false"
            })
    void setsTheRolesSearchPathOnlyIfPgCatalogIsNotFirst(String path, boolean set) {
        String begin =
                new TransactionSettings(17, Optional.empty())
                        .withSearchPath(path)
                        .begin("READ COMMITTED", "a");
        assertThat(begin.contains("SET LOCAL search_path TO \"pg_catalog\", \"odd\""))
                .isEqualTo(set);
        assertThat(begin.contains("search_path")).isEqualTo(set);
    }

    @Test
    void anEmptySearchPathStaysEmpty() {
        assertThat(new TransactionSettings(17, Optional.of("")).begin("READ COMMITTED", "a"))
                .endsWith("SET LOCAL search_path TO ''");
    }
}
