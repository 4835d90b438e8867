package com.evolvishub.cdc.planner.spi;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** PostgreSQL, as a destination and as the only source type. */
public final class PostgresDestinationType implements DestinationType {

    /** Endpoint key: {@code accept} allows an unlogged table, which a crash empties. */
    public static final String UNLOGGED = "unlogged";

    private static final String RUNS_CODE = "it names code for the driver to load";
    private static final String WRITES_FILES = "it lets the driver write files";
    private static final String OURS = "it is set by this program";
    private static final Map<String, String> DENIED = denied();

    private static Map<String, String> denied() {
        Map<String, String> denied = new HashMap<>();
        for (String name :
                List.of(
                        "socketfactory",
                        "socketfactoryarg",
                        "sslfactory",
                        "sslfactoryarg",
                        "sslhostnameverifier",
                        "sslpasswordcallback",
                        "authenticationpluginclassname",
                        "xmlfactoryfactory",
                        "jaasapplicationname",
                        "jaaslogin",
                        "sspiserviceclass")) {
            denied.put(name, RUNS_CODE);
        }
        for (String name : List.of("loggerfile", "loggerlevel")) {
            denied.put(name, WRITES_FILES);
        }
        for (String name :
                List.of(
                        "applicationname",
                        "preferquerymode",
                        "readonly",
                        "readonlymode",
                        "autosave",
                        "cleanupsavepoints",
                        "replication",
                        "allowencodingchanges",
                        "binarytransfer",
                        "binarytransferenable",
                        "binarytransferdisable",
                        "stringtype",
                        "options")) {
            denied.put(name, OURS);
        }
        denied.put("service", "it reads another file of settings");
        denied.put("user", "use username");
        denied.put("password", "use password of the block");
        denied.put("pghost", "use host");
        denied.put("pgport", "use port");
        denied.put("pgdbname", "use database");
        denied.put("ssl", "use ssl_mode");
        denied.put("sslmode", "use ssl_mode");
        denied.put("sslcert", "use ssl_cert");
        denied.put("sslkey", "use ssl_key");
        denied.put("sslrootcert", "use ssl_root_cert");
        denied.put("logintimeout", "use connection_timeout");
        denied.put("connecttimeout", "use connection_timeout");
        return Map.copyOf(denied);
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int defaultPort() {
        return 5432;
    }

    @Override
    public boolean supportsKeys() {
        return true;
    }

    @Override
    public List<DestinationOption> options() {
        return List.of(
                DestinationOption.oneOf(
                        UNLOGGED,
                        List.of("refuse", "accept"),
                        "PostgreSQL: whether rows may go into an UNLOGGED table, which a crash of"
                                + " the server empties."));
    }

    @Override
    public List<EndpointProblem> check(EndpointSpec endpoint) {
        EndpointChecks checks = new EndpointChecks(endpoint);
        checks.requireHost("; expected the server's name");
        if (endpoint.connection().database().isEmpty()) {
            checks.add("database", "is missing; expected the database's name");
        }
        checks.requireTable("a table or schema.table");
        checks.rejectParameters(DENIED);
        return checks.problems();
    }

    @Override
    public String label(EndpointSpec endpoint) {
        String schema = endpoint.schema().isEmpty() ? "" : endpoint.schema() + ".";
        return "postgresql %s.%s%s"
                .formatted(endpoint.connection().database(), schema, endpoint.table());
    }

    @Override
    public String exactlyOnceExplanation() {
        return "the last sequence number is kept in schema evolvishub_cdc and updated in the"
                + " transaction of each batch";
    }

    @Override
    public String transactionalCost() {
        return "the rows of a checkpoint are locked from when they are written until it is complete; a"
                + " run that is killed leaves them locked until the file is started again. The server"
                + " needs max_prepared_transactions";
    }
}
