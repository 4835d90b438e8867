package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import org.apache.flink.api.connector.sink2.Sink;

/** One lane's way into a destination by the destination's own transactions. */
@FunctionalInterface
public interface TransactionalSink {

    /**
     * A two-phase sink that makes the rows of a checkpoint visible together, once the checkpoint is
     * complete. Opens nothing yet.
     */
    Sink<ChangeRow> build();
}
