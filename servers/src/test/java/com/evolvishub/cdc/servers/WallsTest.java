package com.evolvishub.cdc.servers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc",
        importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    @ArchTest
    static final ArchRule knowsNothingOfTheRestOfTheHouse =
            classes()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.servers..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.servers..",
                            "java..",
                            "javax.crypto..",
                            "org.postgresql..",
                            "org.apache.commons.compress..",
                            "org.tukaani.xz..",
                            "org.junit.jupiter.api..");

    @ArchTest
    static final ArchRule hasNoCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
