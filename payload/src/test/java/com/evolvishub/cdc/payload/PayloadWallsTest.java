package com.evolvishub.cdc.payload;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.payload",
        importOptions = ImportOption.DoNotIncludeTests.class)
class PayloadWallsTest {

    @ArchTest
    static final ArchRule payloadsKnowRowsAndPlansButNoBusNoClientAndNoJsonLibrary =
            classes()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.payload..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.payload..",
                            "com.evolvishub.cdc.flow..",
                            "com.evolvishub.cdc.planner..",
                            "java.lang..",
                            "java.nio.charset..",
                            "java.util..",
                            "java.time..");

    @ArchTest
    static final ArchRule noClockIsRead =
            noClasses()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.payload..")
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
