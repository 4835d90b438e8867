package com.evolvishub.cdc.delivery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc",
        importOptions = ImportOption.DoNotIncludeTests.class)
class DeliveryWallsTest {

    @ArchTest
    static final ArchRule deliveryKnowsNeitherSourcesNorDestinations =
            noClasses()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.delivery..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.capture..",
                            "com.evolvishub.cdc.connectors..",
                            "com.evolvishub.cdc.job..",
                            "com.evolvishub.cdc.servers..",
                            "java.sql..",
                            "java.nio.file..");

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
