package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks that all types of endpoint share; collects the problems. */
final class EndpointChecks {

    /** Excludes characters that could end the host name inside a URL. */
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

    void rejectSchema() {
        if (!endpoint.schema().isEmpty()) {
            add("schema", "is for postgresql; %s has no schemas".formatted(endpoint.type()));
        }
    }

    /**
     * Rejects client settings.
     *
     * @param denied names in lower case, each with the reason and the replacement
     */
    void rejectParameters(Map<String, String> denied) {
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
