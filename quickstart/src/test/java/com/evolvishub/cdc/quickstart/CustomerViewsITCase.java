package com.evolvishub.cdc.quickstart;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CustomerViewsITCase {
    private static final int CUSTOMERS = 500;

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private CustomerViews views;

    @BeforeEach
    void fill(@FreshDatabase Database source, @FreshDatabase Database destination) {
        views = new CustomerViews(source, destination);
        views.fill(CUSTOMERS);
    }

    @Test
    void everyViewHasOneRowPerCustomer() {
        for (CustomerViews.Pair pair : CustomerViews.PAIRS) {
            assertThat(
                            views.source()
                                    .queryOne(
                                            "SELECT count(DISTINCT customer_id) FROM "
                                                    + pair.view()))
                    .as(pair.view())
                    .isEqualTo(views.source().queryOne("SELECT count(*) FROM " + pair.view()))
                    .isEqualTo(String.valueOf(CUSTOMERS));
        }
    }

    @Test
    void aViewIsStableWhileItsTablesDoNotChange() {
        for (CustomerViews.Pair pair : CustomerViews.PAIRS) {
            TableComparison.Content before = TableComparison.of(views, pair).source();
            assertThat(TableComparison.of(views, pair).source()).as(pair.view()).isEqualTo(before);
        }
    }

    @Test
    void changesEveryViewUntilClosed() {
        List<TableComparison> before = compareAll();
        try (CustomerChangeGenerator changes = CustomerChangeGenerator.start(views.source())) {
            await().atMost(5, MINUTES)
                    .until(
                            () ->
                                    changes.failure().isPresent()
                                            || everyViewDiffers(before, compareAll()));
            assertThat(changes.failure()).isEmpty();
        }
        assertThat(compareAll())
                .extracting(TableComparison::source)
                .isEqualTo(compareAll().stream().map(TableComparison::source).toList());
    }

    @Test
    void reportsEqualAfterACopyAndDifferentAfterOneChangedValue() throws Exception {
        for (CustomerViews.Pair pair : CustomerViews.PAIRS) {
            ViewCopy.copy(views, pair);
            TableComparison copied = TableComparison.of(views, pair);
            assertThat(copied.equal()).as(copied.toString()).isTrue();
            assertThat(copied.source().rows()).isEqualTo(CUSTOMERS);
        }

        views.destination()
                .execute(
                        "UPDATE fact_customer_ltv SET predicted_ltv = predicted_ltv + 0.01 WHERE"
                                + " customer_id = 7");

        assertThat(compareAll())
                .extracting(TableComparison::equal)
                .containsExactly(true, true, true, true, false);
        assertThat(ComparisonReport.lines(compareAll()).get(4))
                .matches(
                        "lifetime_value +vw_customer_ltv +fact_customer_ltv +500 rows  [0-9a-f]{16} "
                                + " DIFFERENT: the table has 500 rows, [0-9a-f]{16}");
    }

    @Test
    void reportsDifferentIfTwoRowsSwapValues() throws Exception {
        CustomerViews.Pair pair = CustomerViews.PAIRS.get(0);
        ViewCopy.copy(views, pair);

        views.destination()
                .execute(
                        "UPDATE dim_customer_demographics SET email = CASE customer_id WHEN 1 THEN"
                                + " 'customer2@example.com' ELSE 'customer1@example.com' END WHERE"
                                + " customer_id IN (1, 2)");

        assertThat(TableComparison.of(views, pair).equal()).isFalse();
    }

    @Test
    void namesTheMissingTableOrColumn() {
        views.destination().execute("ALTER TABLE fact_customer_ltv DROP COLUMN model_version");

        List<String> lines = ComparisonReport.lines(compareAll());

        assertThat(lines.get(2)).endsWith("DIFFERENT: no such table");
        assertThat(lines.get(4)).endsWith("DIFFERENT: no column model_version");
    }

    private List<TableComparison> compareAll() {
        return CustomerViews.PAIRS.stream().map(pair -> TableComparison.of(views, pair)).toList();
    }

    private static boolean everyViewDiffers(
            List<TableComparison> before, List<TableComparison> after) {
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i).source().hash().equals(after.get(i).source().hash())) {
                return false;
            }
        }
        return true;
    }
}
