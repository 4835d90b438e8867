package com.evolvishub.cdc.connectors.kafka.error;

import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.net.UnknownHostException;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Classifies Kafka's errors by their class and describes them with a remedy. */
public final class KafkaErrorClassifier {

    private static final List<Class<? extends Exception>> PERMANENT =
            List.of(
                    AuthenticationException.class,
                    AuthorizationException.class,
                    ConfigException.class,
                    InvalidConfigurationException.class,
                    InvalidPartitionsException.class,
                    InvalidReplicationFactorException.class,
                    InvalidTopicException.class,
                    InvalidTxnTimeoutException.class,
                    PolicyViolationException.class,
                    SecurityDisabledException.class,
                    UnsupportedVersionException.class);

    // a timeout at the broker and a fencing writer cannot be distinguished here
    private static final List<Class<? extends Exception>> LOST =
            List.of(
                    ProducerFencedException.class,
                    InvalidProducerEpochException.class,
                    InvalidPidMappingException.class,
                    InvalidTxnStateException.class);

    private static final List<Class<? extends Exception>> ROW =
            List.of(
                    RecordTooLargeException.class,
                    RecordBatchTooLargeException.class,
                    InvalidRecordException.class,
                    InvalidTimestampException.class);

    private final KafkaClientSettings settings;
    private final Pipeline pipeline;

    /** For one pipeline, whose settings and names the messages contain. */
    public KafkaErrorClassifier(KafkaClientSettings settings, Pipeline pipeline) {
        this.settings = settings;
        this.pipeline = pipeline;
    }

    /** Whether a retry may succeed. */
    public static FailureKind classify(Exception failure) {
        if (cause(failure) instanceof AuthenticationException) {
            return FailureKind.AUTHENTICATION;
        }
        return isOneOf(PERMANENT, cause(failure)) ? FailureKind.PERMANENT : FailureKind.TRANSIENT;
    }

    /** Whether the broker accepts nothing more from this producer. */
    public static boolean isProducerLost(Exception failure) {
        return isOneOf(LOST, cause(failure));
    }

    /** Whether the content of the rows causes the error. */
    public static boolean isRowRejected(Exception failure) {
        return isOneOf(ROW, cause(failure));
    }

    private static boolean isOneOf(List<Class<? extends Exception>> kinds, Throwable failure) {
        return kinds.stream().anyMatch(kind -> kind.isInstance(failure));
    }

    /** The first broker or configuration error in the chain of causes; else the failure itself. */
    public static Throwable cause(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ApiException || each instanceof ConfigException) {
                return each;
            }
        }
        return failure;
    }

    /** The failure with a message that names a remedy, or unchanged if there is none. */
    public Exception describe(Exception failure) {
        Throwable cause = cause(failure);
        if (failure instanceof DestinationException || failure instanceof UnknownHostException) {
            return failure;
        }
        if (cause instanceof SslAuthenticationException) {
            return permanentError(
                    "TLS with kafka at %s failed: %s; look at ssl_root_cert, ssl_cert, ssl_key and ssl_mode"
                            .formatted(settings.servers(), cause.getMessage()),
                    failure);
        }
        if (cause instanceof AuthenticationException) {
            return permanentError(
                    ("kafka at %s does not let user \"%s\" in: %s; look at sasl_username, sasl_password"
                                    + " and sasl_mechanism")
                            .formatted(settings.servers(), settings.username(), cause.getMessage()),
                    failure);
        }
        if (cause instanceof AuthorizationException denied) {
            return permanentError(authorization(denied), failure);
        }
        if (cause instanceof InvalidTxnTimeoutException || namesTimeoutLimit(failure)) {
            return permanentError(
                    timeoutTooLong("the broker's transaction.max.timeout.ms"), failure);
        }
        if (cause instanceof TimeoutException) {
            return new TimeoutException(
                    "no answer from kafka at %s: %s"
                            .formatted(settings.servers(), cause.getMessage()),
                    failure);
        }
        return cause == failure || !(cause instanceof KafkaException) ? failure : (Exception) cause;
    }

    /** The producer reports this case with an exception that has no class of its own. */
    private static boolean namesTimeoutLimit(Exception failure) {
        return failure instanceof KafkaException
                && String.valueOf(failure.getMessage()).contains("transaction.max.timeout.ms");
    }

    private DestinationException permanentError(String message, Exception failure) {
        return new DestinationException(settings.redacted(message), failure);
    }

    public String timeoutTooLong(String limit) {
        return ("transaction_timeout_seconds: %d s are more than %s; make it less, or have the"
                        + " broker's limit raised")
                .formatted(settings.transactionTimeout().toSeconds(), limit);
    }

    private String authorization(AuthorizationException denied) {
        String grant;
        if (denied instanceof TopicAuthorizationException topics) {
            TreeSet<String> names = new TreeSet<>(topics.unauthorizedTopics());
            grant = grantForTopic(names.isEmpty() ? topic() : names.first());
        } else if (denied instanceof TransactionalIdAuthorizationException) {
            grant = grantForTransactionalId();
        } else {
            return "kafka at %s: user \"%s\" has no right to do this: %s"
                    .formatted(settings.servers(), settings.username(), denied.getMessage());
        }
        return "kafka at %s: user \"%s\" has no right to write %s"
                .formatted(settings.servers(), settings.username(), grant);
    }

    private String topic() {
        return pipeline.deliver().destination().table();
    }

    /** The missing right on a topic, with the command that grants it. */
    public String grantForTopic(String name) {
        boolean isProgressTopic = name.equals(KafkaProgressStore.TOPIC);
        return "topic %s; allow it: kafka-acls --add --allow-principal User:%s --operation Write%s --topic %s"
                .formatted(
                        name,
                        settings.username(),
                        isProgressTopic ? " --operation Read" : " --operation Describe",
                        name);
    }

    private String grantForTransactionalId() {
        return ("under transactional id \"%s\"; allow it: kafka-acls --add --allow-principal User:%s"
                        + " --operation Write --transactional-id %s --resource-pattern-type prefixed")
                .formatted(
                        KafkaPipelineId.of(pipeline.identity()),
                        settings.username(),
                        KafkaPipelineId.PREFIX);
    }
}
