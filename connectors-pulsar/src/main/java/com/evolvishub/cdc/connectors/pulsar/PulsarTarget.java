package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.planner.spec.Secret;
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
record PulsarTarget(Pipeline pipeline) {

    private static final String TRANSACTION_SECONDS = "600";
    private static final String OURS = "evolvishub-cdc-";

    EndpointSpec endpoint() {
        return pipeline.deliver().destination();
    }

    /** The topic in full. */
    String topic() {
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
    String deadLetterTopic() {
        return topic() + ".dlq";
    }

    /** Where marks say what became of this lane's dead letters. */
    String letterMarksTopic() {
        return topic() + "-cdc-letters-" + lane();
    }

    /** This lane's durable subscription to dead letters: it keeps those that are open. */
    String letterSubscription() {
        return subscription() + "-letters";
    }

    /** Where this lane keeps who holds it and how far it is. */
    String ledgerTopic() {
        return ledgerPrefix() + lane();
    }

    /** What the names of all ledgers of the topic's lanes begin with. */
    String ledgerPrefix() {
        return topic() + "-cdc-ledger-";
    }

    /** The durable subscriptions of the lane with this name. */
    static String subscriptionOf(String lane) {
        return OURS + lane;
    }

    /** This lane's durable subscriptions: they keep what is read when the lane is opened. */
    String subscription() {
        return subscriptionOf(lane());
    }

    /** What the names of this lane's producers begin with, and nobody else's. */
    String producerPrefix() {
        return OURS + lane() + "-";
    }

    /** Whether a producer of this name is some lane's. */
    static boolean isSomeLane(String producer) {
        return producer.startsWith(OURS);
    }

    private String lane() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(pipeline.identity().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    boolean createsTopics() {
        return pipeline.deliver().createTable();
    }

    /** Whether nobody else may write to the topic while this lane does. */
    boolean exclusive() {
        return pipeline.deliver().mode() != DeliveryMode.AT_LEAST_ONCE;
    }

    boolean keepsDeadLetters() {
        return pipeline.deliver().onBadRow() == OnBadRow.DEAD_LETTER;
    }

    /** Whether a transaction lasts from one checkpoint to the next. */
    boolean byCheckpoint() {
        return pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL;
    }

    /** How long the broker keeps a transaction open, and readers of the topic waiting behind it. */
    Duration transactionTimeout() {
        return Duration.ofSeconds(
                Long.parseLong(option("transaction_timeout_seconds", TRANSACTION_SECONDS)));
    }

    String option(String name, String otherwise) {
        return endpoint().option(name).map(Secret::reveal).orElse(otherwise);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(option(name, "true"));
    }
}
