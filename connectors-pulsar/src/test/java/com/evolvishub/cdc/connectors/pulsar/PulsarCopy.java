package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.Folders;
import com.evolvishub.cdc.servers.FrozenCopy;
import com.evolvishub.cdc.servers.HeldProcess;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A broker of a test's own whose disk can be set back. */
final class PulsarCopy implements AutoCloseable {

    private final Path data;
    private final PulsarServer pulsar;

    private PulsarCopy(Path data, PulsarServer pulsar) {
        this.data = data;
        this.pulsar = pulsar;
    }

    static PulsarCopy start() throws IOException {
        Path data = Files.createTempDirectory("evolvishub-cdc-pulsar-data-");
        AtomicReference<PulsarServer> started = new AtomicReference<>();
        Availability.require(() -> started.set(PulsarServer.builder().keepsDataIn(data).start()));
        return new PulsarCopy(data, started.get());
    }

    PulsarServer server() {
        return pulsar;
    }

    DestinationContract.Restore copy() {
        FrozenCopy copy = FrozenCopy.of(data, pulsar.pid());
        return () -> {
            pulsar.kill();
            copy.putBack();
            copy.close();
            pulsar.startAgain();
        };
    }

    /** The broker answers nothing until the returned is run. */
    DestinationContract.Restore hold() {
        HeldProcess held = HeldProcess.of(List.of(pulsar.pid()));
        return held::close;
    }

    @Override
    public void close() throws IOException {
        pulsar.close();
        Folders.delete(data);
    }
}
