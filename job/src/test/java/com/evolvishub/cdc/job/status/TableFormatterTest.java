package com.evolvishub.cdc.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableFormatterTest {

    @Test
    void separatesThousands() {
        assertThat(TableFormatter.count(0)).isEqualTo("0");
        assertThat(TableFormatter.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void formatsDurationsInAUnitOfTheirSize() {
        assertThat(TableFormatter.seconds(0)).isEqualTo("0.0 s");
        assertThat(TableFormatter.seconds(59.94)).isEqualTo("59.9 s");
        assertThat(TableFormatter.seconds(59.96)).isEqualTo("1 min 00 s");
        assertThat(TableFormatter.seconds(61)).isEqualTo("1 min 01 s");
        assertThat(TableFormatter.seconds(3599.6)).isEqualTo("1 h 00 min");
        assertThat(TableFormatter.seconds(7260)).isEqualTo("2 h 01 min");
    }

    @Test
    void writesADashForUnknownDurations() {
        assertThat(TableFormatter.seconds(-1)).isEqualTo("-");
        assertThat(TableFormatter.seconds(Double.NaN)).isEqualTo("-");
    }

    @Test
    void alignsTextLeftAndNumbersRight() {
        assertThat(
                        TableFormatter.align(
                                        List.of(
                                                List.of("NAME", "ROWS"),
                                                List.of("a", "1"),
                                                List.of("orders", "12,345")),
                                        1)
                                .lines())
                .containsExactly("NAME      ROWS", "a            1", "orders  12,345");
    }
}
