package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import java.util.List;

/** Restores the data directory of a broker, including the topics of other tests. */
public final class KafkaDiskSnapshot {

    private KafkaDiskSnapshot() {}

    public static DestinationContract.Restore of(KafkaServer kafka) {
        DataDirectorySnapshot copy = kafka.copy();
        return () -> {
            kafka.kill();
            copy.restore();
            copy.close();
            kafka.restart();
        };
    }

    /** Suspends the broker until the returned action runs. */
    public static DestinationContract.Restore hold(KafkaServer kafka) {
        SuspendedProcess suspended = SuspendedProcess.suspend(List.of(kafka.pid()));
        return suspended::close;
    }
}
