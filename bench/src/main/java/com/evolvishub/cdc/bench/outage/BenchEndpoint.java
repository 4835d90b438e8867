package com.evolvishub.cdc.bench.outage;

/** A server that mappings read from or write to. */
enum BenchEndpoint {
    SHOP("source PostgreSQL"),
    BRANCH("source PostgreSQL of two"),
    KAFKA("Kafka"),
    PULSAR("Pulsar"),
    REDIS("Redis"),
    WAREHOUSE("PostgreSQL"),
    ARCHIVE("second PostgreSQL");

    private final String label;

    BenchEndpoint(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
