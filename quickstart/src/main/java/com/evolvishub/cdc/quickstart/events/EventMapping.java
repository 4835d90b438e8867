package com.evolvishub.cdc.quickstart.events;

import java.util.List;

/**
 * A mapping of {@code event_buses.yaml}.
 *
 * @param table the source table
 * @param topic the topic or stream, by its short name
 */
public record EventMapping(String mapping, String table, String topic) {
    /** To Kafka. */
    public static final EventMapping ORDERS =
            new EventMapping("orders_to_kafka", "orders", "order_events");

    /** To Pulsar. */
    public static final EventMapping CUSTOMERS =
            new EventMapping("customers_to_pulsar", "customers", "customer_events");

    /** To Redis. */
    public static final EventMapping PRODUCTS =
            new EventMapping("products_to_redis", "products", "product_updates");

    /** All mappings, in the order of the file. */
    public static final List<EventMapping> ALL = List.of(ORDERS, CUSTOMERS, PRODUCTS);

    /** The same mapping with another topic. */
    public EventMapping into(String otherTopic) {
        return new EventMapping(mapping, table, otherTopic);
    }

    /** Whether it is the same mapping, regardless of its topic. */
    boolean isLike(EventMapping other) {
        return mapping.equals(other.mapping);
    }
}
