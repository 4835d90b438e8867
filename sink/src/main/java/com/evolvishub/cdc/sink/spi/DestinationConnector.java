package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import java.util.Optional;

/** A kind of destination, announced by {@code META-INF/services}. Stateless and thread-safe. */
public interface DestinationConnector {

    /** What the planner must know of it. */
    DestinationType type();

    /**
     * A client for one lane. Opens nothing yet.
     *
     * @throws UnsupportedOperationException if this build can plan but not run this destination,
     *     with a message for the user
     */
    DestinationClient client(Pipeline pipeline);

    /**
     * The dead letters of one lane. Opens nothing yet.
     *
     * @return empty: this destination keeps none
     */
    default Optional<DeadLetterStore> deadLetterStore(Pipeline pipeline) {
        return Optional.empty();
    }

    /**
     * How {@code delivery: transactional} writes one lane.
     *
     * @return empty: this destination cannot be written so
     */
    default Optional<TransactionalSinkFactory> transactionalSinkFactory(Pipeline pipeline) {
        return Optional.empty();
    }
}
