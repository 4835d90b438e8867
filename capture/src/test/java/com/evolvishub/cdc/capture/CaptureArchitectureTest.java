package com.evolvishub.cdc.capture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc",
        importOptions = ImportOption.DoNotIncludeTests.class)
class CaptureArchitectureTest {

    @ArchTest
    static final ArchRule knowsNothingOfDestinations =
            noClasses()
                    .that()
                    .resideInAPackage("..capture..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("..delivery..", "..connectors..", "..job..");

    @ArchTest
    static final ArchRule readersOfDatabasesDoNotKnowFlink =
            noClasses()
                    .that()
                    .resideInAPackage("..capture.postgres..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule onlyReadersOfDatabasesKnowTheDriver =
            noClasses()
                    .that()
                    .resideInAnyPackage("..capture.source..", "..capture.detect..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.postgresql..");

    @ArchTest
    static final ArchRule comparingKnowsNoDatabase =
            noClasses()
                    .that()
                    .resideInAPackage("..capture.detect..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("..capture.postgres..", "..capture.source..", "java.sql..");

    @ArchTest
    static final ArchRule noPackagesInACircle =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
