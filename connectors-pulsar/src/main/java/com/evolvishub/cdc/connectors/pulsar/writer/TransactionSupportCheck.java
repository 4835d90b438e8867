package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarClientSettings;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;

/** Checks whether the cluster supports {@code delivery: transactional}. */
final class TransactionSupportCheck {

    private final PulsarClientSettings settings;

    TransactionSupportCheck(PulsarEndpoint target) {
        this.settings = new PulsarClientSettings(target);
    }

    /** Problems with a remedy each; empty: none. */
    List<String> problems() throws InterruptedException {
        List<String> problems = new ArrayList<>();
        // bounded by the endpoint's timeout, whatever the client does
        CompletableFuture<Void> attempt = CompletableFuture.runAsync(this::beginAndAbort);
        try {
            attempt.get(settings.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            problems.add(noCoordinator(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            problems.add(
                    noCoordinator(
                            "no answer in %d s"
                                    .formatted(settings.operationTimeout().toSeconds())));
        }
        return problems;
    }

    private void beginAndAbort() {
        try (PulsarClient client = settings.transactionClient()) {
            client.newTransaction()
                    .withTransactionTimeout(1, TimeUnit.MINUTES)
                    .build()
                    .join()
                    .abort()
                    .join();
        } catch (PulsarClientException | DestinationException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static String noCoordinator(String reason) {
        return "no transactions at this cluster (%s); set transactionCoordinatorEnabled=true at its brokers, or say delivery: exactly_once"
                .formatted(reason);
    }
}
