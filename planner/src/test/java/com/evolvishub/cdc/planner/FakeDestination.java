package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.DestinationTypes;
import com.evolvishub.cdc.planner.destination.EndpointProblem;
import com.evolvishub.cdc.planner.destination.OptionKey;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.List;

/** A destination type that refuses the table "refused" and nothing else. */
public record FakeDestination(String name, int defaultPort, boolean keyed)
        implements DestinationType {

    /** The four kinds there are. */
    public static final DestinationTypes TYPES =
            new DestinationTypes(
                    List.of(
                            new FakeDestination("postgresql", 5432, true),
                            new FakeDestination("kafka", 9092, false),
                            new FakeDestination("pulsar", 6650, false),
                            new FakeDestination("redis_streams", 6379, false)));

    @Override
    public List<OptionKey> options() {
        return List.of();
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        return endpoint.table().equals("refused")
                ? List.of(new EndpointProblem("table", "\"refused\" is refused"))
                : List.of();
    }

    @Override
    public String label(EndpointSpec endpoint) {
        return keyed
                ? name + " " + endpoint.connection().database() + "." + endpoint.table()
                : name + " " + endpoint.table();
    }

    @Override
    public String exactlyOnce() {
        return keyed
                ? "The last sequence number is written in the transaction of each batch."
                : "The last sequence number is written with each batch.";
    }
}
