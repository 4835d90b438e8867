package com.evolvishub.cdc.runtime;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Allowed dependencies of this module; docs/development.md shows all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.runtime",
        importOptions = ImportOption.DoNotIncludeTests.class)
class RuntimeArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(resideInAnyPackage("com.evolvishub.cdc.runtime..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesImportOnlyWhatIsBelowThem =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("row")
                    .definedBy("com.evolvishub.cdc.runtime.row")
                    .layer("connection")
                    .definedBy("com.evolvishub.cdc.runtime.connection")
                    .layer("pipeline")
                    .definedBy("com.evolvishub.cdc.runtime.pipeline")
                    .layer("serialization")
                    .definedBy("com.evolvishub.cdc.runtime.serialization")
                    .whereLayer("row")
                    .mayNotAccessAnyLayer()
                    .whereLayer("connection")
                    .mayNotAccessAnyLayer()
                    .whereLayer("pipeline")
                    .mayNotAccessAnyLayer()
                    .whereLayer("serialization")
                    .mayOnlyAccessLayers("row");
}
