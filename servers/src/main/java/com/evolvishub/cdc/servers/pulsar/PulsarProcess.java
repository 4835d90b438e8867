package com.evolvishub.cdc.servers.pulsar;

import com.evolvishub.cdc.servers.broker.BrokerEndedException;
import com.evolvishub.cdc.servers.broker.BrokerJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts a Pulsar broker from its folder. */
final class PulsarProcess {
    private static final BrokerJvm.Program PROGRAM =
            new BrokerJvm.Program(
                    "Pulsar broker",
                    "/com/evolvishub/cdc/brokers/pulsar.classpath",
                    List.of(
                            "-Xmx512m",
                            "-XX:MaxDirectMemorySize=768m",
                            "-XX:+UseSerialGC",
                            // a short life: less compiling is faster
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-Dorg.slf4j.simpleLogger.showDateTime=true",
                            "-Dio.netty.tryReflectionSetAccessible=true"),
                    PulsarMain.class,
                    // ten seconds on an idle machine
                    Duration.ofMinutes(5));

    /** Logged for each change in the list of storage nodes, which has one. */
    private static final String NODES_CHANGED = "Failed to resolve network location";

    /** A healthy broker logs four of them while it starts, and no more. */
    private static final int MOST_CHANGES = 20;

    private PulsarProcess() {}

    static boolean lacksArchive() throws IOException {
        return BrokerJvm.lacksArchive(PROGRAM);
    }

    /**
     * Starts the broker and returns when it takes clients.
     *
     * @throws BrokerEndedException if it ends before, or keeps a core busy with itself
     */
    static BrokerJvm start(
            PulsarFolder folder,
            PulsarPorts ports,
            PulsarSettings settings,
            PulsarAdmin admin,
            BrokerJvm.Purpose purpose)
            throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-c", folder.configuration().toString()));
        arguments.addAll(List.of("--metadata-dir", folder.metadata().toString()));
        arguments.addAll(List.of("--bookkeeper-dir", folder.bookkeeper().toString()));
        arguments.addAll(List.of("--bookkeeper-port", Integer.toString(ports.bookie())));
        // neither stream storage nor functions: topics only
        arguments.addAll(List.of("-nss", "-nfw", "-a", "127.0.0.1"));
        String cluster = folder.cluster();
        // its topic is made behind the readiness of the broker
        boolean coordinates =
                "true".equals(settings.parameters().get("transactionCoordinatorEnabled"));
        return BrokerJvm.start(
                PROGRAM,
                arguments,
                folder.log(),
                purpose,
                () -> {
                    boolean isReady =
                            admin.isReady(cluster)
                                    && (!coordinates || admin.coordinatesTransactions());
                    if (registersForEver(folder.log())) {
                        throw new BrokerEndedException(
                                "the storage node of a Pulsar broker registers itself without end: "
                                        + folder.log());
                    }
                    return isReady;
                });
    }

    /**
     * Whether the broker's storage node takes its registration back and makes it anew for ever. It
     * does so once it has seen a deletion of its own, since it compares what it has registered by
     * identity (ResourceLockImpl.revalidate; seen in 4.0.1, the reported case is
     * apache/pulsar#17759). Clients then time out on a busy machine.
     */
    static boolean registersForEver(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(NODES_CHANGED)).count() > MOST_CHANGES;
        }
    }
}
