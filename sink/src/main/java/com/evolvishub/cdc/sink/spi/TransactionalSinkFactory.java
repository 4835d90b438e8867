package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import org.apache.flink.api.connector.sink2.Sink;

/** One lane's way into a destination by the destination's own transactions. */
@FunctionalInterface
public interface TransactionalSinkFactory {

    /**
     * A two-phase sink that makes the rows of a checkpoint visible together, once the checkpoint is
     * complete. Opens nothing yet.
     *
     * @param resumption what the lane makes of the state that an earlier run has left
     */
    Sink<ChangeRow> create(RestoreMode resumption);

    /**
     * Whether rows that wait for their checkpoint are locked, so that the sink must not be given
     * later versions of them, nor rows of another schema, before they are committed.
     */
    default boolean locksRows() {
        return false;
    }
}
