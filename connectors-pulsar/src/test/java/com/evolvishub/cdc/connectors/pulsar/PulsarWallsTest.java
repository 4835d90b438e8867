package com.evolvishub.cdc.connectors.pulsar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc",
        importOptions = ImportOption.DoNotIncludeTests.class)
class PulsarWallsTest {

    @ArchTest
    static final ArchRule theConnectorKnowsNoSources =
            noClasses()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.connectors..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.evolvishub.cdc.capture..",
                            "com.evolvishub.cdc.job..",
                            "com.evolvishub.cdc.servers..",
                            "java.nio.file..");

    @ArchTest
    static final ArchRule onlyDeliveryByCheckpointKnowsFlink =
            noClasses()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.connectors..")
                    .and()
                    .doNotHaveSimpleName("PulsarTransactions")
                    .and()
                    .haveSimpleNameNotStartingWith("Checkpoint")
                    .and()
                    .doNotHaveSimpleName("OpenTransactionSerializer")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule connectorsAreStrangers =
            slices().matching("com.evolvishub.cdc.connectors.(*)..")
                    .should()
                    .notDependOnEachOther();
}
