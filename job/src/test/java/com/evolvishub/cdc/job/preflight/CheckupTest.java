package com.evolvishub.cdc.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.Problem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckupTest {

    @Test
    void showsEveryEndAndWhatWouldMendIt() {
        Finding missing =
                new Finding(
                        "orders",
                        new Problem(
                                "mappings[0].source.table", 4, 1, "not there;\ndid you mean b?"),
                        true);
        Finding silent = new Finding("people", new Problem("", 0, 0, "refused"), false);
        Checkup seen =
                new Checkup(
                        List.of(
                                new Look(
                                        "orders",
                                        "source",
                                        "pg a:1/x",
                                        List.of(missing),
                                        "",
                                        List.of()),
                                new Look(
                                        "orders",
                                        "destination",
                                        "pg b",
                                        List.of(),
                                        "columns",
                                        List.of()),
                                new Look(
                                        "people",
                                        "source",
                                        "pg a:1/x",
                                        List.of(),
                                        "",
                                        List.of("slow")),
                                new Look(
                                        "people",
                                        "destination",
                                        "pg c",
                                        List.of(silent),
                                        "",
                                        List.of())));

        assertThat(seen.table().lines())
                .containsExactly(
                        "MAPPING  END          ENDPOINT  RESULT         WHAT TO DO",
                        "orders   source       pg a:1/x  to be mended   not there; did you mean b?",
                        "orders   destination  pg b      not looked at  columns",
                        "people   source       pg a:1/x  ok",
                        "people   destination  pg c      no answer      refused",
                        "note: people, source: slow");
        assertThat(seen.findings()).containsExactly(missing, silent);
    }

    @Test
    void onlyCountsTheEndsOfManyMappingsThatAreWell() {
        List<Look> looks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            looks.add(new Look("m" + i, "source", "pg", List.of(), "", List.of()));
        }

        assertThat(new Checkup(looks).table().lines())
                .containsExactly(
                        "MAPPING  END  ENDPOINT  RESULT  WHAT TO DO",
                        "Nothing was found at 100 other ends.");
    }
}
