package com.evolvishub.cdc.playground.events;

import java.util.List;

/**
 * A mapping of {@code event_buses.yaml}.
 *
 * @param table what it reads
 * @param topic what it writes, by its short name
 */
public record Route(String mapping, String table, String topic) {
    /** To Kafka. */
    public static final Route ORDERS = new Route("orders_to_kafka", "orders", "order_events");

    /** To Pulsar. */
    public static final Route CUSTOMERS =
            new Route("customers_to_pulsar", "customers", "customer_events");

    /** To Redis. */
    public static final Route PRODUCTS =
            new Route("products_to_redis", "products", "product_updates");

    /** All of them, in the order of the file. */
    public static final List<Route> ALL = List.of(ORDERS, CUSTOMERS, PRODUCTS);

    /** The same mapping where its topic has another name. */
    public Route into(String otherTopic) {
        return new Route(mapping, table, otherTopic);
    }

    /** Whether it is the same mapping, whatever its topic is called. */
    boolean isLike(Route other) {
        return mapping.equals(other.mapping);
    }
}
