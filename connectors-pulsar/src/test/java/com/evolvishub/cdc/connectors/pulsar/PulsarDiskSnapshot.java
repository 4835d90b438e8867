package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.util.List;

/** Restores the data directory of a broker, including the topics of other tests. */
public final class PulsarDiskSnapshot {

    private PulsarDiskSnapshot() {}

    public static DestinationContract.Restore of(PulsarServer pulsar) {
        DataDirectorySnapshot copy = pulsar.copy();
        return () -> {
            pulsar.kill();
            copy.restore();
            copy.close();
            pulsar.restart();
        };
    }

    /** Suspends the broker until the returned action runs. */
    public static DestinationContract.Restore hold(PulsarServer pulsar) {
        SuspendedProcess suspended = SuspendedProcess.suspend(List.of(pulsar.pid()));
        return suspended::close;
    }
}
