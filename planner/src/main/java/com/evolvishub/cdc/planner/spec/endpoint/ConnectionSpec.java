package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How to reach a server. Texts that were not given are empty; a port that was not given is the
 * default of the type.
 *
 * @param host name or address
 * @param port 1 to 65535
 * @param database database; a label for Kafka, {@code tenant/namespace} for Pulsar, a number for
 *     Redis
 * @param username login, or empty
 * @param password of the login, or {@link Secret#NONE}
 * @param tls the {@code ssl_*} keys
 * @param timeout how long a connection attempt may take
 * @param parameters {@code additional_params}, in the file's order
 */
public record ConnectionSpec(
        String host,
        int port,
        String database,
        String username,
        Secret password,
        TlsSpec tls,
        Duration timeout,
        List<EndpointOption> parameters)
        implements Serializable {

    public ConnectionSpec {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(timeout, "timeout");
        parameters = List.copyOf(parameters);
    }
}
