package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import org.apache.flink.api.connector.sink2.Sink;

/** Creates the two-phase-commit sink of one pipeline. */
@FunctionalInterface
public interface TransactionalSinkFactory {

    /**
     * Creates a sink that makes the rows of a checkpoint visible together, once the checkpoint is
     * complete. Opens nothing yet.
     *
     * @param restoreMode how the pipeline uses the state of an earlier run
     */
    Sink<ChangeRow> create(RestoreMode restoreMode);

    /**
     * Whether uncommitted rows are locked. The sink must then get neither later versions of them
     * nor rows of another schema before they are committed.
     */
    default boolean locksRows() {
        return false;
    }
}
