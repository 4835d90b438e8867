package com.evolvishub.cdc.connectors.pulsar.session;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.apache.pulsar.common.naming.TopicName;

/**
 * What a mapping's endpoint says about topics and names.
 *
 * @param pipeline the mapping
 */
public record PulsarEndpoint(Pipeline pipeline) {

    private static final String TRANSACTION_SECONDS = "600";
    private static final String OURS = "evolvishub-cdc-";

    EndpointSpec endpoint() {
        return pipeline.deliver().destination();
    }

    /** The topic in full. */
    public String topic() {
        String table = endpoint().table();
        String namespace = endpoint().connection().database();
        if (table.contains("://")) {
            return TopicName.get(table).toString();
        }
        return TopicName.get(
                        "persistent://"
                                + (namespace.isEmpty() ? "public/default" : namespace)
                                + "/"
                                + table)
                .toString();
    }

    /** Where rows go that the topic cannot take. */
    public String deadLetterTopic() {
        return topic() + ".dlq";
    }

    /** Where marks say what became of this lane's dead letters. */
    public String deadLetterOutcomeTopic() {
        return topic() + "-cdc-letters-" + pipelineHash();
    }

    /** This lane's durable subscription to dead letters: it keeps those that are open. */
    public String deadLetterSubscription() {
        return subscription() + "-letters";
    }

    /** Where this lane keeps who holds it and how far it is. */
    public String progressTopic() {
        return progressTopicPrefix() + pipelineHash();
    }

    /** What the names of all ledgers of the topic's lanes begin with. */
    public String progressTopicPrefix() {
        return topic() + "-cdc-ledger-";
    }

    /** The durable subscriptions of the lane with this name. */
    public static String subscriptionOf(String lane) {
        return OURS + lane;
    }

    /** This lane's durable subscriptions: they keep what is read when the lane is opened. */
    String subscription() {
        return subscriptionOf(pipelineHash());
    }

    /** What the names of this lane's producers begin with, and nobody else's. */
    public String producerPrefix() {
        return OURS + pipelineHash() + "-";
    }

    /** Whether a producer of this name is some lane's. */
    public static boolean isPipelineProducer(String producer) {
        return producer.startsWith(OURS);
    }

    private String pipelineHash() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(pipeline.identity().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    public boolean createsTopics() {
        return pipeline.deliver().createTable();
    }

    /** Whether nobody else may write to the topic while this lane does. */
    public boolean exclusive() {
        return pipeline.deliver().mode() != DeliveryMode.AT_LEAST_ONCE;
    }

    public boolean supportsDeadLetters() {
        return pipeline.deliver().onBadRow() == BadRowPolicy.DEAD_LETTER;
    }

    /** Whether a transaction lasts from one checkpoint to the next. */
    public boolean usesCheckpointTransactions() {
        return pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL;
    }

    /** How long the broker keeps a transaction open, and readers of the topic waiting behind it. */
    public Duration transactionTimeout() {
        return Duration.ofSeconds(
                Long.parseLong(option("transaction_timeout_seconds", TRANSACTION_SECONDS)));
    }

    public String option(String name, String otherwise) {
        return endpoint().option(name).map(Secret::reveal).orElse(otherwise);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(option(name, "true"));
    }
}
