package com.evolvishub.cdc.testing.kafka;

/** The doors of a broker. */
public enum KafkaListener {
    /** No login, no encryption; whoever comes in here may do everything. */
    PLAIN("PLAINTEXT"),
    /** Login by {@code PLAIN} or {@code SCRAM}, no encryption. */
    SASL("SASL_PLAINTEXT"),
    /** TLS; a client's certificate is looked at if there is one. */
    TLS("SSL"),
    /** Login over TLS. */
    SASL_TLS("SASL_SSL"),
    /**
     * Like {@link #PLAIN}, at the end of a way that may be cut; clients are sent to that way's
     * beginning. There only if it was asked for.
     */
    BEHIND_PROXY("PLAINTEXT");

    private final String protocol;

    KafkaListener(String protocol) {
        this.protocol = protocol;
    }

    /** As Kafka's {@code security.protocol} calls it. */
    public String protocol() {
        return protocol;
    }
}
