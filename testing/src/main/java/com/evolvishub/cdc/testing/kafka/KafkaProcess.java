package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Starts a Kafka broker from its directory. */
final class KafkaProcess {
    private static final String READY = "Kafka Server started";
    private static final String READY_LOGGER = "kafka.server.KafkaRaftServer";

    private static final BrokerProcess.Program PROGRAM =
            new BrokerProcess.Program(
                    "Kafka broker",
                    "/com/evolvishub/cdc/testing/brokers/kafka.classpath",
                    List.of(
                            "-Xmx400m",
                            "-XX:+UseSerialGC",
                            // for a short-lived JVM, less compilation is faster
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-Dorg.slf4j.simpleLogger.log." + READY_LOGGER + "=info",
                            "-Dorg.slf4j.simpleLogger.showDateTime=true"),
                    KafkaMain.class,
                    // a few seconds on an idle machine
                    Duration.ofMinutes(5));

    private KafkaProcess() {}

    static boolean lacksArchive() throws IOException {
        return BrokerProcess.lacksArchive(PROGRAM);
    }

    /** Starts the broker and returns when it accepts clients. */
    static BrokerProcess start(KafkaDirectory directory, BrokerProcess.Purpose purpose)
            throws IOException {
        return BrokerProcess.start(
                PROGRAM,
                List.of(directory.format().toString(), directory.properties().toString()),
                directory.log(),
                purpose,
                () ->
                        Files.exists(directory.log())
                                && Files.readString(directory.log()).contains(READY));
    }
}
