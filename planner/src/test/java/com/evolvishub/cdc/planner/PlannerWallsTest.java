package com.evolvishub.cdc.planner;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
class PlannerWallsTest {

    private static final String PLANNER = "com.evolvishub.cdc.planner";

    @ArchTest
    static final ArchRule roomsSeeOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("root")
                    .definedBy(PLANNER)
                    .layer("spec")
                    .definedBy(PLANNER + ".spec")
                    .layer("destination")
                    .definedBy(PLANNER + ".destination")
                    .layer("reader")
                    .definedBy(PLANNER + ".reader")
                    .layer("plan")
                    .definedBy(PLANNER + ".plan")
                    .layer("logical")
                    .definedBy(PLANNER + ".logical")
                    .layer("rule")
                    .definedBy(PLANNER + ".rule")
                    .layer("physical")
                    .definedBy(PLANNER + ".physical")
                    .whereLayer("spec")
                    .mayNotAccessAnyLayer()
                    .whereLayer("plan")
                    .mayNotAccessAnyLayer()
                    .whereLayer("destination")
                    .mayOnlyAccessLayers("spec")
                    .whereLayer("reader")
                    .mayOnlyAccessLayers("spec", "destination")
                    .whereLayer("logical")
                    .mayOnlyAccessLayers("spec", "destination", "plan")
                    .whereLayer("rule")
                    .mayOnlyAccessLayers("spec", "plan", "logical")
                    .whereLayer("physical")
                    .mayOnlyAccessLayers("spec", "plan", "logical")
                    .whereLayer("root")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule roomsAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule plansNeedNoServerAndNoThread =
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
    static final ArchRule plansAreTheSameAtAnyTime =
            noClasses()
                    .should()
                    .callMethodWhere(
                            DescribedPredicate.describe(
                                    "asks for the time",
                                    (JavaMethodCall call) -> asksForTheTime(call.getTarget())));

    private static boolean asksForTheTime(MethodCallTarget target) {
        String owner = target.getOwner().getName();
        return target.getName().equals("currentTimeMillis")
                || target.getName().equals("nanoTime")
                || (owner.startsWith("java.time.") && target.getName().equals("now"));
    }
}
