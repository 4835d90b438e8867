package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.BrokerEndedException;
import com.evolvishub.cdc.testing.broker.BrokerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

    /** Logged for each change of the list of bookies; there is one bookie. */
    private static final String BOOKIES_CHANGED = "Failed to resolve network location";

    /** A healthy broker logs four changes during startup, and no more. */
    private static final int MAX_CHANGES = 20;

    private PulsarProcess() {}

    static boolean lacksArchive() throws IOException {
        return BrokerProcess.lacksArchive(PROGRAM);
    }

    /**
     * Starts the broker and returns when it accepts clients.
     *
     * @throws BrokerEndedException if it exits before, or its bookie registers itself in a loop
     */
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
                () -> {
                    boolean isReady =
                            admin.isReady(cluster)
                                    && (!transactional || admin.coordinatesTransactions());
                    if (registersInALoop(directory.log())) {
                        throw new BrokerEndedException(
                                "the bookie of a Pulsar broker registers itself in a loop: "
                                        + directory.log());
                    }
                    return isReady;
                });
    }

    /**
     * Whether the broker's bookie deletes and re-creates its registration in a loop. The loop
     * begins when it sees a deletion of its own, because Pulsar compares registrations by identity
     * (ResourceLockImpl.revalidate; seen in 4.0.1, reported in apache/pulsar#17759). It uses one
     * core, and clients time out on a busy machine.
     */
    static boolean registersInALoop(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(BOOKIES_CHANGED)).count() > MAX_CHANGES;
        }
    }
}
