package com.evolvishub.cdc.connectors.kafka.session;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;

/** What Kafka's administration answers, with its own exceptions. */
public final class KafkaFutures {
    private KafkaFutures() {}

    /** Waits; how long, the client's settings say. */
    public static <T> T of(KafkaFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
