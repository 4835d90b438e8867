package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.servers.FrozenCopy;
import com.evolvishub.cdc.servers.HeldProcess;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.util.List;

/** Sets the disk of a broker back, topics of other tests included. */
final class PulsarCopy {

    private PulsarCopy() {}

    static DestinationContract.Restore of(PulsarServer pulsar) {
        FrozenCopy copy = pulsar.copy();
        return () -> {
            pulsar.kill();
            copy.putBack();
            copy.close();
            pulsar.startAgain();
        };
    }

    /** The broker answers nothing until the returned is run. */
    static DestinationContract.Restore hold(PulsarServer pulsar) {
        HeldProcess held = HeldProcess.of(List.of(pulsar.pid()));
        return held::close;
    }
}
