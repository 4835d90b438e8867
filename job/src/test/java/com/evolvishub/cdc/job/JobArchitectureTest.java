package com.evolvishub.cdc.job;

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
        packages = "com.evolvishub.cdc.job",
        importOptions = ImportOption.DoNotIncludeTests.class)
class JobArchitectureTest {

    private static final String JOB = "com.evolvishub.cdc.job";

    /** Connectors are loaded as services, so no connector module may be imported. */
    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.job..",
                                                    "com.evolvishub.cdc.source..",
                                                    "com.evolvishub.cdc.sink..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesImportOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("root")
                    .definedBy(JOB)
                    .layer("projection")
                    .definedBy(JOB + ".projection")
                    .layer("status")
                    .definedBy(JOB + ".status")
                    .layer("embedded")
                    .definedBy(JOB + ".embedded")
                    .layer("api")
                    .definedBy(JOB + ".api")
                    .layer("deadletter")
                    .definedBy(JOB + ".deadletter")
                    .layer("preflight")
                    .definedBy(JOB + ".preflight")
                    .layer("cli")
                    .definedBy(JOB + ".cli..")
                    .whereLayer("projection")
                    .mayNotAccessAnyLayer()
                    .whereLayer("root")
                    .mayOnlyAccessLayers("projection")
                    .whereLayer("status")
                    .mayOnlyAccessLayers("root")
                    .whereLayer("embedded")
                    .mayOnlyAccessLayers("root")
                    .whereLayer("api")
                    .mayOnlyAccessLayers("root", "embedded", "status")
                    .whereLayer("deadletter")
                    .mayOnlyAccessLayers("api")
                    .whereLayer("preflight")
                    .mayOnlyAccessLayers("api", "projection", "status")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule translationUsesNeitherFilesNorNetwork =
            noClasses()
                    .that()
                    .resideInAnyPackage(JOB, JOB + ".projection")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.io.File");

    @ArchTest
    static final ArchRule statusUsesOnlyTheReportsOfARunningJob =
            noClasses()
                    .that()
                    .resideInAPackage("..job.status..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.source..",
                            "com.evolvishub.cdc.sink..",
                            "java.nio.file..",
                            "java.sql..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
