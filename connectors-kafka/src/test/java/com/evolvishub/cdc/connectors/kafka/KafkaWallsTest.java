package com.evolvishub.cdc.connectors.kafka;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc.connectors",
        importOptions = ImportOption.DoNotIncludeTests.class)
class KafkaWallsTest {

    @ArchTest
    static final ArchRule theConnectorKnowsNeitherSourcesNorFlink =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.capture..",
                            "com.evolvishub.cdc.job..",
                            "com.evolvishub.cdc.servers..",
                            "org.apache.flink..");

    @ArchTest
    static final ArchRule onlyCertificatesAreReadFromFiles =
            noClasses()
                    .that()
                    .doNotHaveSimpleName("SecuritySettings")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.nio.file..");
}
