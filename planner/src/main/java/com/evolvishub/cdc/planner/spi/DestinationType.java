package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;

/** What the planner must know of a kind of destination to check a file and to print a plan. */
public interface DestinationType {

    /** Its name in YAML, for example {@code postgresql}. */
    String name();

    /** The port when the file gives none. */
    int defaultPort();

    /** Whether rows can be changed and removed by key, or only appended. */
    boolean supportsKeys();

    /** The keys of an endpoint block that this type alone has. */
    List<DestinationOption> options();

    /**
     * Mistakes that can be told without a server. A message quotes a value of the endpoint only in
     * double quotes, so that one that came from the environment can be hidden.
     *
     * @return for each one the key it is about, and what is wrong with it and what would do
     */
    List<EndpointProblem> check(EndpointSpec endpoint);

    /** How a plan calls this destination, for example {@code kafka order_events}. */
    String label(EndpointSpec endpoint);

    /** How exactly-once is kept here, in one sentence for {@code explain}. */
    String exactlyOnceExplanation();

    /** Whether the destination keeps how far a mapping is, so that lost rows are noticed. */
    default boolean keepsProgress(DeliveryMode mode) {
        return true;
    }

    /** What {@code delivery: transactional} costs here besides, for the end of a sentence. */
    default String transactionalCost() {
        return "an outage that is longer than the transaction timeout loses rows";
    }
}
