package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The checks that all types of endpoint share; gathers what they find. */
final class EndpointChecks {

    /** What could end a host's name inside a URL has no place in it. */
    private static final Pattern HOST = Pattern.compile("[\\p{L}\\p{N}._:%\\[\\]-]{1,255}");

    private final EndpointSpec endpoint;
    private final List<EndpointProblem> problems = new ArrayList<>();

    EndpointChecks(EndpointSpec endpoint) {
        this.endpoint = endpoint;
    }

    void add(String key, String message) {
        problems.add(new EndpointProblem(key, message));
    }

    void requireHost(String orElse) {
        String host = endpoint.connection().host();
        if (host.isEmpty()) {
            add("host", "is missing" + orElse);
        } else if (!HOST.matcher(host).matches()) {
            add("host", "\"%s\" is no host; expected a name or an address".formatted(host));
        }
    }

    void requireTable(String what) {
        if (endpoint.table().isEmpty()) {
            add("table", "is missing; expected " + what);
        }
    }

    void refuseSchema() {
        if (!endpoint.schema().isEmpty()) {
            add("schema", "is for postgresql; %s has no schemas".formatted(endpoint.type()));
        }
    }

    /**
     * Refuses settings of the client.
     *
     * @param denied in small letters, each with the reason and what takes its place
     */
    void refuseParameters(Map<String, String> denied) {
        for (EndpointOption parameter : endpoint.connection().parameters()) {
            String reason = denied.get(parameter.name().toLowerCase(Locale.ROOT));
            if (reason != null) {
                add("additional_params." + parameter.name(), "is not allowed: " + reason);
            }
        }
    }

    List<EndpointProblem> problems() {
        return List.copyOf(problems);
    }
}
