package com.evolvishub.cdc.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightReportTest {

    @Test
    void showsEveryEndpointAndTheRemedies() {
        CheckResult missing =
                new CheckResult(
                        "orders",
                        new Problem(
                                "mappings[0].source.table", 4, 1, "not there;\ndid you mean b?"),
                        true);
        CheckResult unreachable =
                new CheckResult("people", new Problem("", 0, 0, "refused"), false);
        PreflightReport report =
                new PreflightReport(
                        List.of(
                                new EndpointCheck(
                                        "orders",
                                        "source",
                                        "pg a:1/x",
                                        List.of(missing),
                                        "",
                                        List.of()),
                                new EndpointCheck(
                                        "orders",
                                        "destination",
                                        "pg b",
                                        List.of(),
                                        "columns",
                                        List.of()),
                                new EndpointCheck(
                                        "people",
                                        "source",
                                        "pg a:1/x",
                                        List.of(),
                                        "",
                                        List.of("slow")),
                                new EndpointCheck(
                                        "people",
                                        "destination",
                                        "pg c",
                                        List.of(unreachable),
                                        "",
                                        List.of())));

        assertThat(report.table().lines())
                .containsExactly(
                        "MAPPING  END          ENDPOINT  RESULT         WHAT TO DO",
                        "orders   source       pg a:1/x  to be mended   not there; did you mean b?",
                        "orders   destination  pg b      not looked at  columns",
                        "people   source       pg a:1/x  ok",
                        "people   destination  pg c      no answer      refused",
                        "note: people, source: slow");
        assertThat(report.results()).containsExactly(missing, unreachable);
    }

    @Test
    void onlyCountsTheEndpointsWithoutProblemsOfManyMappings() {
        List<EndpointCheck> checks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            checks.add(new EndpointCheck("m" + i, "source", "pg", List.of(), "", List.of()));
        }

        assertThat(new PreflightReport(checks).table().lines())
                .containsExactly(
                        "MAPPING  END  ENDPOINT  RESULT  WHAT TO DO",
                        "Nothing was found at 100 other ends.");
    }
}
