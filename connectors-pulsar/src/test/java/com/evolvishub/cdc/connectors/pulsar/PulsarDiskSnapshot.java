package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.util.List;

/** Sets the disk of a broker back, topics of other tests included. */
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

    /** The broker answers nothing until the returned is run. */
    public static DestinationContract.Restore hold(PulsarServer pulsar) {
        SuspendedProcess held = SuspendedProcess.suspend(List.of(pulsar.pid()));
        return held::close;
    }
}
