package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import java.time.Duration;

/**
 * What follows once a connection stands.
 *
 * @param user ACL user; empty: the default one
 * @param password empty: none
 * @param database its number
 * @param clientName as {@code CLIENT LIST} shows it
 * @param answerWithin how long an answer may take
 */
public record RedisLogin(
        String user, Secret password, int database, String clientName, Duration responseTimeout) {

    // a server that vanished without a word must not hold the lane for ever
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    /** As the server that holds the stream wants it. */
    static RedisLogin of(ConnectionSpec spec, String mapping) {
        int database = spec.database().isEmpty() ? 0 : Integer.parseInt(spec.database());
        return new RedisLogin(
                spec.username(),
                spec.password(),
                database,
                name(spec, mapping),
                responseTimeoutOf(spec));
    }

    /** As a sentinel wants it, which has users of its own and no databases. */
    static RedisLogin ofSentinel(ConnectionSpec spec, String mapping) {
        return new RedisLogin(
                parameter(spec, "sentinelUser").reveal(),
                parameter(spec, "sentinelPassword"),
                0,
                name(spec, mapping),
                responseTimeoutOf(spec));
    }

    /** How long an answer may take. */
    public static Duration responseTimeoutOf(ConnectionSpec spec) {
        Secret millis = parameter(spec, "socketTimeoutMillis");
        return millis.isEmpty()
                ? ANSWER_WITHIN
                : Duration.ofMillis(Integer.parseInt(millis.reveal()));
    }

    /** The server refuses spaces and everything that is not ASCII. */
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
