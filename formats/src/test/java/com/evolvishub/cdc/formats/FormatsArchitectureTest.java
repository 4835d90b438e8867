package com.evolvishub.cdc.formats;

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

/** The allowed imports of this module; docs/development.md shows all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.formats",
        importOptions = ImportOption.DoNotIncludeTests.class)
class FormatsArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.formats..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesImportOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("message")
                    .definedBy("com.evolvishub.cdc.formats.message")
                    .layer("json.value")
                    .definedBy("com.evolvishub.cdc.formats.json.value")
                    .layer("json")
                    .definedBy("com.evolvishub.cdc.formats.json")
                    .layer("debezium")
                    .definedBy("com.evolvishub.cdc.formats.debezium")
                    .whereLayer("message")
                    .mayNotAccessAnyLayer()
                    .whereLayer("json.value")
                    .mayOnlyAccessLayers("message")
                    .whereLayer("json")
                    .mayOnlyAccessLayers("json.value", "message")
                    .whereLayer("debezium")
                    .mayOnlyAccessLayers("json", "json.value", "message");

    @ArchTest
    static final ArchRule knowsNoClientAndNoJsonLibrary =
            classes()
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc..",
                            "java.lang..",
                            "java.nio.charset..",
                            "java.util..",
                            "java.time..");

    @ArchTest
    static final ArchRule readsNoClock =
            noClasses()
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.time.Clock")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.time.Instant")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.time.ZoneId");
}
