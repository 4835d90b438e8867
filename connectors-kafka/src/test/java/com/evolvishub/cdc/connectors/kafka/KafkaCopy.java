package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.Folders;
import com.evolvishub.cdc.servers.FrozenCopy;
import com.evolvishub.cdc.servers.HeldProcess;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A broker of a test's own whose disk can be set back. */
final class KafkaCopy implements AutoCloseable {

    private final Path data;
    private final KafkaServer kafka;

    private KafkaCopy(Path data, KafkaServer kafka) {
        this.data = data;
        this.kafka = kafka;
    }

    static KafkaCopy start() throws IOException {
        Path data = Files.createTempDirectory("evolvishub-cdc-kafka-data-");
        AtomicReference<KafkaServer> started = new AtomicReference<>();
        Availability.require(() -> started.set(KafkaServer.builder().keepsDataIn(data).start()));
        return new KafkaCopy(data, started.get());
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    DestinationContract.Restore copy() {
        FrozenCopy copy = FrozenCopy.of(data, kafka.pid());
        return () -> {
            kafka.kill();
            copy.putBack();
            copy.close();
            kafka.startAgain();
        };
    }

    /** The broker answers nothing until the returned is run. */
    DestinationContract.Restore hold() {
        HeldProcess held = HeldProcess.of(List.of(kafka.pid()));
        return held::close;
    }

    @Override
    public void close() throws IOException {
        kafka.close();
        Folders.delete(data);
    }
}
