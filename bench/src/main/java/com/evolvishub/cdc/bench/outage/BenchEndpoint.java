package com.evolvishub.cdc.bench.outage;

/** A server at an end of mappings, as the file names it. */
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
