package com.evolvishub.cdc.job.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.job.status.TestReports;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveStatusTableTest {

    private static final String ERASE_LINE = "\u001b[2K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final AtomicLong nanos = new AtomicLong();
    private final StringWriter screen = new StringWriter();
    private final LiveStatusTable table = new LiveStatusTable(new PrintWriter(screen), nanos::get);

    @Test
    void showsEveryMappingAndItsError() {
        table.show(
                TestReports.shop(
                        TestReports.mapping("orders", "idle", "", 1234, 0, 2.5),
                        TestReports.mapping("people", "retrying", "no answer", 0, 0, -1)));

        assertThat(frame())
                .isEqualTo(
                        """
                        MAPPING  STATE      ROWS  ROWS/S    LAG  PROGRESS
                        orders   idle      1,234       0  2.5 s
                        people   retrying      0       0      -
                        people: no answer
                        """);
    }

    @Test
    void showsRateProgressAndRemainingTimeOfAFirstLoad() {
        table.show(TestReports.shop(TestReports.mapping("orders", "catching up", "", 0, 1000, -1)));
        frame();
        nanos.addAndGet(2_000_000_000L);
        table.show(
                TestReports.shop(TestReports.mapping("orders", "catching up", "", 250, 1000, -1)));

        assertThat(frame())
                .contains(
                        "orders   catching up   250     125    -  [#####...............]  25% 6.0 s left");
    }

    @Test
    void drawsOverTheLastFrame() {
        table.show(
                TestReports.shop(TestReports.mapping("orders", "retrying", "no answer", 0, 0, -1)));
        screen.getBuffer().setLength(0);
        table.show(TestReports.shop(TestReports.mapping("orders", "idle")));

        assertThat(screen.toString()).startsWith("\u001b[3A" + ERASE_LINE).endsWith(ERASE_BELOW);
    }

    @Test
    void truncatesLinesThatWouldWrap() {
        table.show(
                TestReports.shop(
                        TestReports.mapping("orders", "retrying", "x".repeat(500), 0, 0, -1)));

        assertThat(frame().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(121));
    }

    /** Returns the text of the last frame and clears the screen. */
    private String frame() {
        String text = screen.toString().replace(ERASE_LINE, "").replace(ERASE_BELOW, "");
        screen.getBuffer().setLength(0);
        return text;
    }
}
