package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.SuspendedProcess;
import java.util.List;

/** Sets the disk of a broker back, topics of other tests included. */
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

    /** The broker answers nothing until the returned is run. */
    public static DestinationContract.Restore hold(KafkaServer kafka) {
        SuspendedProcess held = SuspendedProcess.suspend(List.of(kafka.pid()));
        return held::close;
    }
}
