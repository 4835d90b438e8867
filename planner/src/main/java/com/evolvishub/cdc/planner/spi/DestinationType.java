package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;

/** What the planner needs of a destination type to check a file and to print a plan. */
public interface DestinationType {

    /** Its name in YAML, for example {@code postgresql}. */
    String name();

    /** The port if the file gives none. */
    int defaultPort();

    /** Whether rows can be updated and deleted by key, or only appended. */
    boolean supportsKeys();

    /** The keys of an endpoint block that are specific to this type. */
    List<DestinationOption> options();

    /**
     * Errors that can be detected without a server. A message quotes a value of the endpoint only
     * in double quotes, so that a value from the environment can be masked.
     *
     * @return the key, the error and the remedy of each
     */
    List<EndpointProblem> check(EndpointSpec endpoint);

    /** The name of this destination in a plan, for example {@code kafka order_events}. */
    String label(EndpointSpec endpoint);

    /** How this type delivers exactly once, in one sentence for {@code explain}. */
    String exactlyOnceExplanation();

    /** Whether the destination stores a progress record, so that lost rows are detected. */
    default boolean keepsProgress(DeliveryMode mode) {
        return true;
    }

    /**
     * The additional cost of {@code delivery: transactional} with this type, for the end of a
     * sentence.
     */
    default String transactionalCost() {
        return "an outage that is longer than the transaction timeout loses rows";
    }
}
