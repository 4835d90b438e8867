package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.servers.FrozenCopy;
import com.evolvishub.cdc.servers.HeldProcess;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import java.util.List;

/** Sets the disk of a broker back, topics of other tests included. */
final class KafkaCopy {

    private KafkaCopy() {}

    static DestinationContract.Restore of(KafkaServer kafka) {
        FrozenCopy copy = kafka.copy();
        return () -> {
            kafka.kill();
            copy.putBack();
            copy.close();
            kafka.startAgain();
        };
    }

    /** The broker answers nothing until the returned is run. */
    static DestinationContract.Restore hold(KafkaServer kafka) {
        HeldProcess held = HeldProcess.of(List.of(kafka.pid()));
        return held::close;
    }
}
