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
 * The topics, subscriptions and producer names of one pipeline.
 *
 * @param pipeline the pipeline
 */
public record PulsarEndpoint(Pipeline pipeline) {

    private static final String DEFAULT_TRANSACTION_SECONDS = "600";
    private static final String NAME_PREFIX = "evolvishub-cdc-";

    EndpointSpec endpoint() {
        return pipeline.deliver().destination();
    }

    /** The full topic name. */
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

    /** The topic for rejected rows. */
    public String deadLetterTopic() {
        return topic() + ".dlq";
    }

    /** The topic for outcome records of this pipeline's dead letters. */
    public String deadLetterOutcomeTopic() {
        return topic() + "-cdc-letters-" + pipelineHash();
    }

    /** This pipeline's durable subscription to dead letters: it retains open ones. */
    public String deadLetterSubscription() {
        return subscription() + "-letters";
    }

    /** The topic for this pipeline's progress records. */
    public String progressTopic() {
        return progressTopicPrefix() + pipelineHash();
    }

    /** Common prefix of the progress topics of all pipelines into the topic. */
    public String progressTopicPrefix() {
        return topic() + "-cdc-ledger-";
    }

    /** The name of the durable subscriptions of the pipeline with this hash. */
    public static String subscriptionOf(String hash) {
        return NAME_PREFIX + hash;
    }

    /** This pipeline's durable subscriptions: they retain what is read when it is opened. */
    String subscription() {
        return subscriptionOf(pipelineHash());
    }

    /** Common prefix of this pipeline's producer names, and of no others. */
    public String producerPrefix() {
        return NAME_PREFIX + pipelineHash() + "-";
    }

    /** Whether a producer of this name belongs to any pipeline. */
    public static boolean isPipelineProducer(String producer) {
        return producer.startsWith(NAME_PREFIX);
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

    /** Whether no other client may write to the topic while this pipeline does. */
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

    /** After this time the broker aborts an open transaction; readers wait behind it until then. */
    public Duration transactionTimeout() {
        return Duration.ofSeconds(
                Long.parseLong(option("transaction_timeout_seconds", DEFAULT_TRANSACTION_SECONDS)));
    }

    public String option(String name, String otherwise) {
        return endpoint().option(name).map(Secret::reveal).orElse(otherwise);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(option(name, "true"));
    }
}
