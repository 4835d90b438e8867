package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.BrokerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts a Pulsar broker from its directory. */
final class PulsarProcess {
    private static final BrokerProcess.Program PROGRAM =
            new BrokerProcess.Program(
                    "Pulsar broker",
                    "/com/evolvishub/cdc/testing/brokers/pulsar.classpath",
                    List.of(
                            "-Xmx512m",
                            "-XX:MaxDirectMemorySize=768m",
                            "-XX:+UseSerialGC",
                            // for a short-lived JVM, less compilation is faster
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-Dorg.slf4j.simpleLogger.showDateTime=true",
                            "-Dio.netty.tryReflectionSetAccessible=true"),
                    PulsarMain.class,
                    // ten seconds on an idle machine
                    Duration.ofMinutes(5));

    private PulsarProcess() {}

    static boolean lacksArchive() throws IOException {
        return BrokerProcess.lacksArchive(PROGRAM);
    }

    /** Starts the broker and returns when it accepts clients. */
    static BrokerProcess start(
            PulsarDirectory directory,
            PulsarPorts ports,
            PulsarSettings settings,
            PulsarAdminApi admin,
            BrokerProcess.Purpose purpose)
            throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-c", directory.configuration().toString()));
        arguments.addAll(List.of("--metadata-dir", directory.metadata().toString()));
        arguments.addAll(List.of("--bookkeeper-dir", directory.bookkeeper().toString()));
        arguments.addAll(List.of("--bookkeeper-port", Integer.toString(ports.bookie())));
        // no stream storage and no functions worker: topics only
        arguments.addAll(List.of("-nss", "-nfw", "-a", "127.0.0.1"));
        String cluster = directory.cluster();
        // the broker reports ready before it has created the coordinator's topic
        boolean transactional =
                "true".equals(settings.parameters().get("transactionCoordinatorEnabled"));
        return BrokerProcess.start(
                PROGRAM,
                arguments,
                directory.log(),
                purpose,
                () ->
                        admin.isReady(cluster)
                                && (!transactional || admin.coordinatesTransactions()));
    }
}
