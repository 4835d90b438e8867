package com.evolvishub.cdc.connectors.postgres;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "com.evolvishub.cdc",
        importOptions = ImportOption.DoNotIncludeTests.class)
class PostgresWallsTest {

    @ArchTest
    static final ArchRule theConnectorKnowsNoSources =
            noClasses()
                    .that()
                    .resideInAPackage("com.evolvishub.cdc.connectors.postgres")
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
                    .resideInAPackage("com.evolvishub.cdc.connectors.postgres")
                    .and()
                    .haveNameNotMatching(
                            ".*\\.(PostgresTransactions|Prepared(Sink|Writer|Committer)|\\w+Serializer)")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule connectorsAreStrangers =
            slices().matching("com.evolvishub.cdc.connectors.(*)..")
                    .should()
                    .notDependOnEachOther();
}
