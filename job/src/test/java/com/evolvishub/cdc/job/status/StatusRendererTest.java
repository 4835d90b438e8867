package com.evolvishub.cdc.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatusRendererTest {

    @Test
    void alignsTheTableAndListsErrorsAndNotes() {
        assertThat(StatusRenderer.table(report()).lines())
                .containsExactly(
                        "MAPPING  STATE         READ  WRITTEN  QUEUED  REMEMBERED    LAG  POLLS  ERRORS",
                        "orders   idle         1,234    1,200      34          12  2.5 s      4       1",
                        "people   quarantined      0        0       0           0      -      0       0",
                        "orders: re-read floor 3 h 0 min back, held by gid a?b",
                        "orders: 1 row without a watermark (null_watermark)",
                        "orders: 2 rows from the future: sent, and read again until the source's clock has reached them",
                        "orders: all watermarks are whole days: each poll reads one more of them again than the look-back",
                        "orders: 3 rows missing from the last read, deleted if the next one misses them too",
                        "people: relation \"people\" does not exist (since 2024-01-01T00:00:00Z, next try 2024-01-01T00:05:00Z)",
                        "shop: 2 mappings, 2 enabled; 1,200 rows delivered; 4 polls, 1 failures");
    }

    @Test
    void writesJsonThatItCanRead() throws Exception {
        JobReport report = report();

        assertThat(StatusRenderer.read(StatusRenderer.json(report))).isEqualTo(report);
    }

    @Test
    void readsAReportOfAnEarlierVersion() throws Exception {
        String json =
                StatusRenderer.json(report())
                        .replaceAll(" *\"(reread_floor|rows_remembered)\" : .*,\\R", "");

        assertThat(json).doesNotContain("reread_floor");
        assertThat(StatusRenderer.read(json).mappings())
                .allMatch(mapping -> mapping.lowWatermark().isEmpty());
    }

    @Test
    void usesTheNamesOfTheOriginalTool() {
        assertThat(StatusRenderer.json(report()))
                .contains(
                        "\"config_name\"",
                        "\"total_mappings\"",
                        "\"enabled_mappings\"",
                        "\"total_executions\"",
                        "\"successful_executions\"",
                        "\"failed_executions\"",
                        "\"total_records_processed\"",
                        "\"average_duration_seconds\"",
                        "\"is_running\"",
                        "\"source_type\"",
                        "\"destination_table\"",
                        "\"has_custom_query\"",
                        "\"last_execution\"",
                        "\"records_processed\"",
                        "\"duration_seconds\"");
    }

    @Test
    void writesYamlWithTheSameKeys() {
        assertThat(StatusRenderer.yaml(report()))
                .contains("summary:", "  config_name: shop", "- name: orders", "  rows_read: 1234");
    }

    private static JobReport report() {
        List<MappingStatus> mappings =
                List.of(
                        mapping("orders", "idle", "", "", 1234, 5, 1),
                        mapping(
                                "people",
                                "quarantined",
                                "relation \"people\" does not exist",
                                "2024-01-01T00:05:00.123456Z",
                                0,
                                0,
                                0));
        return new JobReport(
                "2024-01-01T00:00:00Z", ExecutionSummary.of("shop", mappings, true), mappings);
    }

    private static MappingStatus mapping(
            String name,
            String state,
            String cause,
            String nextTry,
            long read,
            long executions,
            long errors) {
        return new MappingStatus(
                name,
                true,
                "",
                "postgresql",
                "postgresql",
                name,
                name + "_copy",
                false,
                executions,
                read == 0
                        ? null
                        : new MappingStatus.LastExecution(
                                true, "2024-01-01T00:00:00Z", 1200, 0.5, null),
                state,
                cause,
                "2024-01-01T00:00:00Z",
                nextTry,
                read,
                Math.max(0, read - 34),
                0,
                Math.min(34, read),
                0,
                0,
                read == 0 ? -1 : 2.5,
                "",
                "",
                read == 0 ? "" : "re-read floor 3 h 0 min back, held by gid a\nb",
                Math.min(12, read),
                Math.min(1, read),
                Math.min(2, read),
                read == 0 ? 0 : 86_400,
                Math.min(3, read),
                0,
                0,
                0,
                errors,
                0);
    }
}
