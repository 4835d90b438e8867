package com.evolvishub.cdc.testing.kafka;

/** The listeners of a broker. */
public enum KafkaListener {
    /** No login, no encryption; clients may do everything. */
    PLAIN("PLAINTEXT"),
    /** Login by {@code PLAIN} or {@code SCRAM}, no encryption. */
    SASL("SASL_PLAINTEXT"),
    /** TLS; a client certificate is optional and is checked if there is one. */
    TLS("SSL"),
    /** Login over TLS. */
    SASL_TLS("SASL_SSL"),
    /**
     * Like {@link #PLAIN}, behind a proxy whose address the broker advertises. Exists only if
     * {@link KafkaServerBuilder#behindProxy} was called.
     */
    BEHIND_PROXY("PLAINTEXT");

    private final String protocol;

    KafkaListener(String protocol) {
        this.protocol = protocol;
    }

    /** The value of Kafka's {@code security.protocol}. */
    public String protocol() {
        return protocol;
    }
}
