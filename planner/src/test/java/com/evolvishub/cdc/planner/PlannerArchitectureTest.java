package com.evolvishub.cdc.planner;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.concurrent.Executor;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.planner",
        importOptions = ImportOption.DoNotIncludeTests.class)
class PlannerArchitectureTest {

    private static final String PLANNER = "com.evolvishub.cdc.planner";

    @ArchTest
    static final ArchRule packagesImportOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("root")
                    .definedBy(PLANNER)
                    .layer("problem")
                    .definedBy(PLANNER + ".problem")
                    .layer("spec.endpoint")
                    .definedBy(PLANNER + ".spec.endpoint")
                    .layer("sql")
                    .definedBy(PLANNER + ".sql")
                    .layer("explain.tree")
                    .definedBy(PLANNER + ".explain.tree")
                    .layer("spec")
                    .definedBy(PLANNER + ".spec")
                    .layer("spi")
                    .definedBy(PLANNER + ".spi")
                    .layer("catalog")
                    .definedBy(PLANNER + ".catalog")
                    .layer("config.tree")
                    .definedBy(PLANNER + ".config.tree")
                    .layer("config.schema")
                    .definedBy(PLANNER + ".config.schema")
                    .layer("config")
                    .definedBy(PLANNER + ".config")
                    .layer("logical")
                    .definedBy(PLANNER + ".logical")
                    .layer("rule")
                    .definedBy(PLANNER + ".rule")
                    .layer("physical")
                    .definedBy(PLANNER + ".physical")
                    .layer("explain")
                    .definedBy(PLANNER + ".explain")
                    .whereLayer("problem")
                    .mayNotAccessAnyLayer()
                    .whereLayer("spec.endpoint")
                    .mayNotAccessAnyLayer()
                    .whereLayer("sql")
                    .mayNotAccessAnyLayer()
                    .whereLayer("explain.tree")
                    .mayNotAccessAnyLayer()
                    .whereLayer("spec")
                    .mayOnlyAccessLayers("spec.endpoint")
                    .whereLayer("spi")
                    .mayOnlyAccessLayers("spec", "spec.endpoint")
                    .whereLayer("catalog")
                    .mayOnlyAccessLayers("spec.endpoint")
                    .whereLayer("config.tree")
                    .mayOnlyAccessLayers("problem")
                    .whereLayer("config.schema")
                    .mayOnlyAccessLayers("spi")
                    .whereLayer("config")
                    .mayOnlyAccessLayers(
                            "config.tree",
                            "config.schema",
                            "spi",
                            "spec",
                            "spec.endpoint",
                            "problem")
                    .whereLayer("logical")
                    .mayOnlyAccessLayers(
                            "catalog", "explain.tree", "problem", "spec", "spec.endpoint", "spi")
                    .whereLayer("rule")
                    .mayOnlyAccessLayers("logical", "explain.tree", "spec", "spec.endpoint")
                    .whereLayer("physical")
                    .mayOnlyAccessLayers(
                            "logical", "catalog", "sql", "problem", "spec", "spec.endpoint")
                    .whereLayer("explain")
                    .mayOnlyAccessLayers(
                            "physical",
                            "logical",
                            "catalog",
                            "sql",
                            "explain.tree",
                            "spi",
                            "spec",
                            "spec.endpoint",
                            "problem")
                    .whereLayer("root")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule importsNoOtherModule =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            DescribedPredicate.not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(resideInAPackage("com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule configOpensNoFiles =
            noClasses()
                    .that()
                    .resideInAPackage("..planner.config..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.nio.file..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule planningUsesNoServerAndNoThread =
            noClasses()
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                            "org.apache.flink..",
                                            "java.sql..",
                                            "javax.sql..",
                                            "org.postgresql..",
                                            "java.nio.channels..")
                                    .or(
                                            resideInAPackage("java.net..")
                                                    .and(
                                                            DescribedPredicate.not(
                                                                    assignableTo(URI.class)
                                                                            .or(
                                                                                    assignableTo(
                                                                                            URISyntaxException
                                                                                                    .class)))))
                                    .or(assignableTo(Thread.class))
                                    .or(assignableTo(Executor.class))
                                    .or(assignableTo(Clock.class)));

    @ArchTest
    static final ArchRule planningDoesNotDependOnTheTime =
            noClasses()
                    .should()
                    .callMethodWhere(
                            DescribedPredicate.describe(
                                    "asks for the time",
                                    (JavaMethodCall call) -> readsTheClock(call.getTarget())));

    private static boolean readsTheClock(MethodCallTarget target) {
        String owner = target.getOwner().getName();
        return target.getName().equals("currentTimeMillis")
                || target.getName().equals("nanoTime")
                || (owner.startsWith("java.time.") && target.getName().equals("now"));
    }
}
