package com.evolvishub.cdc.source.facts;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.source.facts.RangeQueryPlan.IndexProbe;
import org.junit.jupiter.api.Test;

class RangeQueryPlanTest {

    private static final String AT = "2024-01-01 00:00:00.123457";

    @Test
    void aFilterOnATableIsAScan() {
        RangeQueryPlan plan =
                plan(
                        """
                        Sort
                          Sort Key: orders.updated_at, orders.id
                          ->  Seq Scan on orders
                                Filter: ((updated_at > '%s'::timestamp) AND (updated_at <= 'x'::timestamp))
                        """);

        assertThat(plan.probes()).isEmpty();
        assertThat(plan.filtered().orElseThrow().node().title()).isEqualTo("Seq Scan on orders");
        assertThat(plan.filtered().orElseThrow().operand()).isEqualTo("updated_at");
    }

    @Test
    void anIndexConditionIsAProbe() {
        RangeQueryPlan plan =
                plan(
                        """
                        Index Scan Backward using "Odd "" name" on orders o
                          Index Cond: (updated_at > '%s'::timestamp)
                          Filter: (updated_at > '%<s'::timestamp with time zone)
                        """);

        assertThat(plan.filtered()).isEmpty();
        assertThat(plan.probes())
                .containsExactly(
                        new IndexProbe(
                                "Odd \" name",
                                "Index Cond: (updated_at > '" + AT + "'::timestamp)"));
    }

    @Test
    void aFilterAboveAnIndexScanOfTheSameRangeIsNotAScan() {
        RangeQueryPlan plan =
                plan(
                        """
                        Subquery Scan on q
                          Filter: (q.updated_at > '%s'::timestamp)
                          ->  WindowAgg
                                ->  Bitmap Heap Scan on orders
                                      Recheck Cond: (updated_at > '%<s'::timestamp)
                                      ->  Bitmap Index Scan on i
                                            Index Cond: (updated_at > '%<s'::timestamp)
                        """);

        assertThat(plan.filtered()).isEmpty();
        assertThat(plan.probes()).extracting(IndexProbe::name).containsExactly("i");
    }

    @Test
    void oneBranchWithoutAnIndexIsAScan() {
        RangeQueryPlan plan =
                plan(
                        """
                        Append
                          ->  Index Scan using i on a
                                Index Cond: (w > '%s'::timestamp)
                          ->  Seq Scan on b
                                Filter: (COALESCE(w, (v)::timestamp) > '%<s'::timestamp)
                        """);

        assertThat(plan.filtered().orElseThrow().node().title()).isEqualTo("Seq Scan on b");
        assertThat(plan.filtered().orElseThrow().operand())
                .isEqualTo("COALESCE(w, (v)::timestamp)");
    }

    @Test
    void detectsAPlanThatReadsNothing() {
        RangeQueryPlan plan =
                plan(
                        """
                        Result
                          One-Time Filter: false
                        """);

        assertThat(plan.filtered()).isEmpty();
        assertThat(plan.isEmpty()).isTrue();
    }

    private static RangeQueryPlan plan(String text) {
        return RangeQueryPlan.parse(text.formatted(AT).lines().toList(), AT);
    }
}
