package com.evolvishub.cdc.connectors.kafka.session;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;

/** Waits for results of Kafka's admin client and throws its own exceptions. */
public final class KafkaFutures {
    private KafkaFutures() {}

    /** Waits; the client's settings define the timeout. */
    public static <T> T of(KafkaFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
