package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void tablesContainTheKeysOfTheReader() {
        String page = SpecReaderFixture.text(PAGE);
        String made = new OptionTables().fill(page);
        if (System.getProperty("golden.update") != null) {
            SpecReaderFixture.write(PAGE, made);
            page = made;
        }

        assertThat(page).isEqualTo(made);
    }

    @Test
    void examplesAreValid() {
        Matcher example = EXAMPLE.matcher(SpecReaderFixture.text(PAGE));

        assertThat(example.results().map(result -> result.group(1)))
                .isNotEmpty()
                .allSatisfy(
                        text ->
                                assertThat(
                                                SpecReaderFixture.plain()
                                                        .with("WAREHOUSE_USER", "u")
                                                        .withFile("/run/secrets/shop", "p")
                                                        .problems(text))
                                        .isEmpty());
    }
}
