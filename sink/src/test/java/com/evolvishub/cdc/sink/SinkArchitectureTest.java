package com.evolvishub.cdc.sink;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What this module may import; docs/development.md shows all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.sink",
        importOptions = ImportOption.DoNotIncludeTests.class)
class SinkArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.sink..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesImportOnlyLowerLayers =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("failure")
                    .definedBy("com.evolvishub.cdc.sink.failure")
                    .layer("progress")
                    .definedBy("com.evolvishub.cdc.sink.progress")
                    .layer("deadletter")
                    .definedBy("com.evolvishub.cdc.sink.deadletter")
                    .layer("spi")
                    .definedBy("com.evolvishub.cdc.sink.spi")
                    .layer("state")
                    .definedBy("com.evolvishub.cdc.sink.state")
                    .layer("rejected")
                    .definedBy("com.evolvishub.cdc.sink.rejected")
                    .layer("lifecycle")
                    .definedBy("com.evolvishub.cdc.sink.lifecycle")
                    .layer("queue")
                    .definedBy("com.evolvishub.cdc.sink.queue")
                    .layer("recovery")
                    .definedBy("com.evolvishub.cdc.sink.recovery")
                    .layer("transactional")
                    .definedBy("com.evolvishub.cdc.sink.transactional")
                    .layer("writer")
                    .definedBy("com.evolvishub.cdc.sink.writer")
                    .whereLayer("failure")
                    .mayNotAccessAnyLayer()
                    .whereLayer("progress")
                    .mayNotAccessAnyLayer()
                    .whereLayer("deadletter")
                    .mayOnlyAccessLayers("failure")
                    .whereLayer("spi")
                    .mayOnlyAccessLayers("deadletter", "failure", "progress")
                    .whereLayer("state")
                    .mayOnlyAccessLayers("progress")
                    .whereLayer("rejected")
                    .mayOnlyAccessLayers("failure", "spi")
                    .whereLayer("lifecycle")
                    .mayOnlyAccessLayers("state")
                    .whereLayer("queue")
                    .mayOnlyAccessLayers("failure", "progress", "rejected", "state")
                    .whereLayer("recovery")
                    .mayOnlyAccessLayers("failure", "progress", "queue", "spi", "state")
                    .whereLayer("transactional")
                    .mayOnlyAccessLayers("failure", "lifecycle", "progress", "spi", "state")
                    .whereLayer("writer")
                    .mayOnlyAccessLayers(
                            "failure",
                            "lifecycle",
                            "progress",
                            "queue",
                            "recovery",
                            "rejected",
                            "spi",
                            "state");

    @ArchTest
    static final ArchRule usesNoJdbcAndNoFiles =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.sql..", "java.nio.file..");

    @ArchTest
    static final ArchRule packagesForConnectorsDoNotUseFlink =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "..sink.failure..", "..sink.progress..", "..sink.deadletter..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");
}
