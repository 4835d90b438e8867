package com.evolvishub.cdc.servers.kafka;

import com.evolvishub.cdc.servers.broker.BrokerJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Starts a Kafka broker from its folder. */
final class BrokerProcess {
    private static final String READY = "Kafka Server started";
    private static final String READY_LOGGER = "kafka.server.KafkaRaftServer";

    private static final BrokerJvm.Program PROGRAM =
            new BrokerJvm.Program(
                    "Kafka broker",
                    "/com/evolvishub/cdc/brokers/kafka.classpath",
                    List.of(
                            "-Xmx400m",
                            "-XX:+UseSerialGC",
                            // a short life: less compiling is faster
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-Dorg.slf4j.simpleLogger.log." + READY_LOGGER + "=info",
                            "-Dorg.slf4j.simpleLogger.showDateTime=true"),
                    BrokerMain.class,
                    // a few seconds on an idle machine
                    Duration.ofMinutes(5));

    private BrokerProcess() {}

    static boolean lacksArchive() throws IOException {
        return BrokerJvm.lacksArchive(PROGRAM);
    }

    /** Starts the broker and returns when it takes clients. */
    static BrokerJvm start(BrokerFolder folder, BrokerJvm.Purpose purpose) throws IOException {
        return BrokerJvm.start(
                PROGRAM,
                List.of(folder.format().toString(), folder.properties().toString()),
                folder.log(),
                purpose,
                () -> Files.exists(folder.log()) && Files.readString(folder.log()).contains(READY));
    }
}
