package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import java.time.Duration;

/**
 * Login and timeout of a new connection.
 *
 * @param user ACL user; empty: the default user
 * @param password empty: none
 * @param database its number
 * @param clientName as {@code CLIENT LIST} shows it
 * @param responseTimeout timeout of each response
 */
public record RedisLogin(
        String user, Secret password, int database, String clientName, Duration responseTimeout) {

    // an unresponsive server must not block the pipeline forever
    private static final Duration DEFAULT_RESPONSE_TIMEOUT = Duration.ofSeconds(30);

    /** The login for the server that holds the stream. */
    static RedisLogin of(ConnectionSpec spec, String mapping) {
        int database = spec.database().isEmpty() ? 0 : Integer.parseInt(spec.database());
        return new RedisLogin(
                spec.username(),
                spec.password(),
                database,
                name(spec, mapping),
                responseTimeoutOf(spec));
    }

    /** The login for a sentinel, which has its own users and no databases. */
    static RedisLogin ofSentinel(ConnectionSpec spec, String mapping) {
        return new RedisLogin(
                parameter(spec, "sentinelUser").reveal(),
                parameter(spec, "sentinelPassword"),
                0,
                name(spec, mapping),
                responseTimeoutOf(spec));
    }

    /** Timeout of a response. */
    public static Duration responseTimeoutOf(ConnectionSpec spec) {
        Secret millis = parameter(spec, "socketTimeoutMillis");
        return millis.isEmpty()
                ? DEFAULT_RESPONSE_TIMEOUT
                : Duration.ofMillis(Integer.parseInt(millis.reveal()));
    }

    /** The server rejects spaces and non-ASCII characters. */
    private static String name(ConnectionSpec spec, String mapping) {
        Secret given = parameter(spec, "clientName");
        String name = given.isEmpty() ? "evolvishub-cdc:" + mapping : given.reveal();
        return name.replaceAll("[^!-~]", "_");
    }

    private static Secret parameter(ConnectionSpec spec, String name) {
        return spec.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(EndpointOption::value)
                .findFirst()
                .orElse(Secret.NONE);
    }
}
