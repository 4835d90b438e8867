package com.evolvishub.cdc.quickstart;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What this module may import; docs/development.md shows all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.quickstart",
        importOptions = ImportOption.DoNotIncludeTests.class)
class QuickstartArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.quickstart..",
                                                    "com.evolvishub.cdc.job..",
                                                    "com.evolvishub.cdc.testing..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
