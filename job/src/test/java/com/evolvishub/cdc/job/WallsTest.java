package com.evolvishub.cdc.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.job",
        importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    @ArchTest
    static final ArchRule translatingTouchesNeitherFilesNorNetwork =
            noClasses()
                    .that()
                    .resideInAnyPackage("com.evolvishub.cdc.job", "com.evolvishub.cdc.job.project")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.io.File");

    @ArchTest
    static final ArchRule theCommandLineIsOnTop =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..job.cli..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..job.cli..");

    @ArchTest
    static final ArchRule statusKnowsOnlyWhatARunningJobSays =
            noClasses()
                    .that()
                    .resideInAPackage("..job.status..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.capture..",
                            "com.evolvishub.cdc.delivery..",
                            "com.evolvishub.cdc.connectors..",
                            "java.nio.file..",
                            "java.sql..");

    @ArchTest
    static final ArchRule destinationsAreFoundNotNamed =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("com.evolvishub.cdc.connectors..");

    @ArchTest
    static final ArchRule hasNoCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();
}
