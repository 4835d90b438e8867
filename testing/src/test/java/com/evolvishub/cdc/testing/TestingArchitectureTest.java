package com.evolvishub.cdc.testing;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What this module may import; docs/development.md has the rules of all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.testing",
        importOptions = ImportOption.DoNotIncludeTests.class)
class TestingArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(resideInAnyPackage("com.evolvishub.cdc.testing..")));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule needsFewLibraries =
            classes()
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc..",
                            "java..",
                            "javax.crypto..",
                            "org.postgresql..",
                            "org.apache.commons.compress..",
                            "org.tukaani.xz..",
                            "org.awaitility..",
                            "org.junit..");
}
