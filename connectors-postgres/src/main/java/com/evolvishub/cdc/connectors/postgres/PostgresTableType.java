package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.EndpointProblem;
import com.evolvishub.cdc.planner.destination.OptionKey;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.ArrayList;
import java.util.List;

/** What the planner must know of PostgreSQL tables. */
final class PostgresTableType implements DestinationType {

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int defaultPort() {
        return 5432;
    }

    @Override
    public boolean keyed() {
        return true;
    }

    @Override
    public List<OptionKey> options() {
        return List.of();
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        List<EndpointProblem> problems = new ArrayList<>();
        if (endpoint.table().isEmpty()) {
            problems.add(new EndpointProblem("table", "missing; expected the table to write to"));
        }
        if (endpoint.connection().database().isEmpty()) {
            problems.add(new EndpointProblem("database", "missing; expected a database's name"));
        }
        return problems;
    }

    @Override
    public String label(EndpointSpec endpoint) {
        return "postgresql "
                + (endpoint.schema().isEmpty() ? "" : endpoint.schema() + ".")
                + endpoint.table();
    }

    @Override
    public String exactlyOnce() {
        return "each batch commits its rows and the lane's last row number in one transaction";
    }
}
