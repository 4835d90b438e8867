package com.evolvishub.cdc.planner;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.config.SpecReader;
import com.evolvishub.cdc.planner.explain.PlanExplainer;
import com.evolvishub.cdc.planner.explain.tree.PlanPrinter;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Compares whole plans with golden files: one directory per case, with its {@code config.yaml}.
 * {@code -Dgolden.update} rewrites the plans on a developer's machine; the difference is reviewed.
 */
class GoldenPlanTest {

    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

    /** The password of every endpoint that needs one; no plan may contain it. */
    private static final String PASSWORD = "s3cr3t-pa55word";

    @Test
    void synchronizesFiveViewsByDiff() throws IOException {
        check("five_views", RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void assignsOneWorkerIfSequential() throws IOException {
        var sequential =
                new RunOverrides(
                        List.of(), Optional.of(false), OptionalInt.empty(), Optional.empty());

        check("sequential", sequential, Catalog.OFFLINE);
    }

    @Test
    void disablesUnselectedMappings() throws IOException {
        var one =
                new RunOverrides(
                        List.of("lifetime_value"),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.of(SyncSpec.Mode.ONE_TIME));

        check("selected", one, Catalog.OFFLINE);
    }

    @Test
    void readsByWatermarkAndByQuery() throws IOException {
        check("basic", RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void streamsToMessageBrokers() throws IOException {
        check("event_buses", RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void explainsTheCostOfTransactions() throws IOException {
        check("transactional", RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void dropsExcludedKeysAndWatermarksAfterTheSource() throws IOException {
        check(
                "exclusions",
                RunOverrides.NONE,
                new FakeCatalog()
                        .with(
                                "customers",
                                "id*",
                                "name",
                                "ssn",
                                "internal_notes",
                                "version",
                                "updated_at"));
    }

    @Test
    void keepsTheIdentityOfARenamedMapping() throws IOException {
        check("renamed", RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void givesEveryDestinationItsOwnPipeline() throws IOException {
        check(
                "several_destinations",
                RunOverrides.NONE,
                new FakeCatalog()
                        .with("orders", "id", "total", "updated_at")
                        .with("fact_orders", "id*", "total", "updated_at"));
    }

    private static void check(String golden, RunOverrides overrides, Catalog catalog)
            throws IOException {
        var reader =
                new SpecReader(
                        AllDestinationTypes.ALL,
                        name -> Optional.of(PASSWORD).filter(any -> name.endsWith("PASSWORD")),
                        path -> Optional.empty());
        String config = Files.readString(GOLDEN.resolve(golden).resolve("config.yaml"));
        var explain = new PlanExplainer(AllDestinationTypes.ALL);
        var plans =
                new Planner(AllDestinationTypes.ALL)
                        .plan(reader.read("config.yaml", config), overrides, catalog);

        compare(
                golden,
                "logical.txt",
                PlanPrinter.text(PlanExplainer.logical("logical plan", plans.logical()))
                        + PlanPrinter.text(
                                PlanExplainer.logical("optimized plan", plans.optimized())));
        compare(golden, "physical.txt", PlanPrinter.text(explain.physical(plans.physical())));
        compare(golden, "explain.txt", explain.text(plans));
        assertThat(explain.json(plans) + explain.text(plans) + plans).doesNotContain(PASSWORD);
        assertThat(explain.text(plans).lines()).allMatch(line -> line.length() <= 100);
    }

    private static void compare(String golden, String name, String actual) throws IOException {
        Path path = GOLDEN.resolve(golden).resolve(name);
        if (System.getProperty("golden.update") != null) {
            assertThat(System.getenv("CI")).as("golden files are never written in CI").isNull();
            Files.createDirectories(path.getParent());
            Files.writeString(path, actual);
        }
        assertThat(actual).as(path.toString()).isEqualTo(Files.readString(path));
    }
}
