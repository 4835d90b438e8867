package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import java.util.Optional;

/** A destination type, registered in {@code META-INF/services}. Stateless and thread-safe. */
public interface DestinationConnector {

    /** What the planner needs to know about it. */
    DestinationType type();

    /**
     * Creates a client for one pipeline. Opens nothing yet.
     *
     * @throws UnsupportedOperationException if this build can plan but not run this destination,
     *     with a message for the user
     */
    DestinationClient client(Pipeline pipeline);

    /**
     * Creates the dead letter store of one pipeline. Opens nothing yet.
     *
     * @return empty: this destination has no dead letters
     */
    default Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.empty();
    }

    /**
     * Creates the sink that {@code delivery: transactional} uses for one pipeline.
     *
     * @return empty: this destination does not support transactional delivery
     */
    default Optional<TransactionalSinkFactory> transactionalSinkFactory(Pipeline pipeline) {
        return Optional.empty();
    }
}
