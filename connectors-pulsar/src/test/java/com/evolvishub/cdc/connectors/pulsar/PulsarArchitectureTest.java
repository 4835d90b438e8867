package com.evolvishub.cdc.connectors.pulsar;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed imports of this module; docs/development.md shows those of all modules. */
@AnalyzeClasses(
        packages = "com.evolvishub.cdc.connectors.pulsar",
        importOptions = ImportOption.DoNotIncludeTests.class)
class PulsarArchitectureTest {

    @ArchTest
    static final ArchRule importsOnlyModulesBelowIt =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("com.evolvishub.cdc.."))
                                    .or(
                                            resideInAnyPackage(
                                                    "com.evolvishub.cdc.connectors.pulsar..",
                                                    "com.evolvishub.cdc.sink.spi..",
                                                    "com.evolvishub.cdc.sink.failure..",
                                                    "com.evolvishub.cdc.sink.progress..",
                                                    "com.evolvishub.cdc.sink.deadletter..",
                                                    "com.evolvishub.cdc.formats..",
                                                    "com.evolvishub.cdc.runtime..",
                                                    "com.evolvishub.cdc.planner..")));

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("com.evolvishub.cdc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTransactionalDeliveryDependsOnFlink =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..pulsar.transactional..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule readsNoFiles =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.nio.file..");
}
