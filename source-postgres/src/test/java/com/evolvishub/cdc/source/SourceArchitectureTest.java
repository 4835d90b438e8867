package com.evolvishub.cdc.source;

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

/** Allowed dependencies of this module; docs/development.md shows all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.source",
        importOptions = ImportOption.DoNotIncludeTests.class)
class SourceArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.source..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesImportOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("session")
                    .definedBy("com.evolvishub.cdc.source.session")
                    .layer("watermark")
                    .definedBy("com.evolvishub.cdc.source.watermark")
                    .layer("catalog")
                    .definedBy("com.evolvishub.cdc.source.catalog")
                    .layer("locks")
                    .definedBy("com.evolvishub.cdc.source.locks")
                    .layer("facts")
                    .definedBy("com.evolvishub.cdc.source.facts")
                    .layer("transactions")
                    .definedBy("com.evolvishub.cdc.source.transactions")
                    .layer("split")
                    .definedBy("com.evolvishub.cdc.source.split")
                    .layer("range")
                    .definedBy("com.evolvishub.cdc.source.range")
                    .layer("schedule")
                    .definedBy("com.evolvishub.cdc.source.schedule")
                    .layer("schema")
                    .definedBy("com.evolvishub.cdc.source.schema")
                    .layer("poll")
                    .definedBy("com.evolvishub.cdc.source.poll")
                    .layer("reader")
                    .definedBy("com.evolvishub.cdc.source.reader")
                    .layer("enumerator")
                    .definedBy("com.evolvishub.cdc.source.enumerator")
                    .layer("dedupe")
                    .definedBy("com.evolvishub.cdc.source.dedupe")
                    .layer("dedupe.diff")
                    .definedBy("com.evolvishub.cdc.source.dedupe.diff")
                    .layer("dedupe.window")
                    .definedBy("com.evolvishub.cdc.source.dedupe.window")
                    .layer("dedupe.operator")
                    .definedBy("com.evolvishub.cdc.source.dedupe.operator")
                    .whereLayer("session")
                    .mayNotAccessAnyLayer()
                    .whereLayer("watermark")
                    .mayOnlyAccessLayers("session")
                    .whereLayer("catalog")
                    .mayOnlyAccessLayers("session")
                    .whereLayer("locks")
                    .mayOnlyAccessLayers("catalog", "session")
                    .whereLayer("facts")
                    .mayOnlyAccessLayers("locks", "catalog", "session")
                    .whereLayer("transactions")
                    .mayOnlyAccessLayers("session", "watermark")
                    .whereLayer("split")
                    .mayOnlyAccessLayers("transactions", "watermark")
                    .whereLayer("range")
                    .mayOnlyAccessLayers("split", "transactions", "watermark", "session")
                    .whereLayer("schedule")
                    .mayOnlyAccessLayers("session")
                    .whereLayer("schema")
                    .mayOnlyAccessLayers("split", "locks", "catalog", "session")
                    .whereLayer("poll")
                    .mayOnlyAccessLayers(
                            "range",
                            "schema",
                            "schedule",
                            "split",
                            "locks",
                            "catalog",
                            "session",
                            "transactions",
                            "watermark")
                    .whereLayer("reader")
                    .mayOnlyAccessLayers(
                            "poll",
                            "schema",
                            "schedule",
                            "split",
                            "locks",
                            "session",
                            "transactions",
                            "watermark")
                    .whereLayer("enumerator")
                    .mayOnlyAccessLayers("split")
                    .whereLayer("dedupe")
                    .mayNotAccessAnyLayer()
                    .whereLayer("dedupe.diff")
                    .mayOnlyAccessLayers("dedupe")
                    .whereLayer("dedupe.window")
                    .mayOnlyAccessLayers("dedupe", "watermark")
                    .whereLayer("dedupe.operator")
                    .mayOnlyAccessLayers("dedupe", "dedupe.diff", "dedupe.window");

    @ArchTest
    static final ArchRule databaseAccessDoesNotDependOnFlink =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "..source.session..",
                            "..source.catalog..",
                            "..source.locks..",
                            "..source.facts..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule onlyDatabaseAccessDependsOnTheDriver =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "..source.session..",
                            "..source.catalog..",
                            "..source.locks..",
                            "..source.facts..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.postgresql..");

    @ArchTest
    static final ArchRule changeDetectionDoesNotDependOnJdbc =
            noClasses()
                    .that()
                    .resideInAPackage("..source.dedupe..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.sql..");

    @ArchTest
    static final ArchRule onlyTheOperatorDependsOnFlinkInternals =
            noClasses()
                    .that()
                    .doNotHaveSimpleName("ChangeDetector")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink.streaming.runtime..");
}
