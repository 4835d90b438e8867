package com.evolvishub.cdc.playground;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.playground",
        importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    /** Through job, as a user would: not past it into the rooms that job puts together. */
    @ArchTest
    static final ArchRule knowsJobAndServersOnly =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.capture..",
                            "com.evolvishub.cdc.delivery..",
                            "com.evolvishub.cdc.connectors..");

    @ArchTest
    static final ArchRule hasNoCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
