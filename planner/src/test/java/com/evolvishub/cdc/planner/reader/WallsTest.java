package com.evolvishub.cdc.planner.reader;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.planner",
        importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    @ArchTest
    static final ArchRule whatWasWrittenKnowsNothingOfItsReader =
            noClasses()
                    .that()
                    .resideInAPackage("..planner.spec..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("..planner.destination..", "..planner.reader..");

    @ArchTest
    static final ArchRule destinationsKnowOnlyWhatWasWritten =
            noClasses()
                    .that()
                    .resideInAPackage("..planner.destination..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "..planner.reader..", "..planner.logical..", "..planner.physical..");

    @ArchTest
    static final ArchRule theReaderKnowsNoPlan =
            noClasses()
                    .that()
                    .resideInAPackage("..planner.reader..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "..planner.logical..", "..planner.rule..", "..planner.physical..");

    @ArchTest
    static final ArchRule theReaderOpensNoFiles =
            noClasses()
                    .that()
                    .resideInAPackage("..planner.reader..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..");
}
