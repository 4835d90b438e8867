package com.evolvishub.cdc.connectors.kafka.topic;

import com.evolvishub.cdc.connectors.kafka.error.KafkaErrorClassifier;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaFutures;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks the topics of a pipeline and creates missing ones. */
public final class TopicAdmin {

    // dead letters include messages that were rejected for their size
    private static final String DEAD_LETTER_MAX_BYTES = "33554432";

    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration METADATA_POLL = Duration.ofMillis(20);

    private final KafkaSession session;
    private final KafkaClientSettings settings;
    private final KafkaErrorClassifier failures;
    private final EndpointSpec endpoint;
    private final boolean mayCreate;

    public TopicAdmin(
            KafkaSession session,
            KafkaClientSettings settings,
            KafkaErrorClassifier failures,
            Pipeline pipeline) {
        this.session = session;
        this.settings = settings;
        this.failures = failures;
        this.endpoint = pipeline.deliver().destination();
        this.mayCreate = pipeline.deliver().createTable();
    }

    /** Problems that prevent writing, each with a remedy. Changes nothing. */
    public List<String> problems() throws Exception {
        List<String> problems = new ArrayList<>(settings.problems());
        String topic = endpoint.table();
        Optional<TopicDescription> description = describe(topic);
        if (description.isPresent()) {
            if (!mayWrite(description.get())) {
                problems.add(
                        "user \"%s\" has no right to write %s"
                                .formatted(settings.username(), failures.grantForTopic(topic)));
            }
        } else if (mayCreate) {
            create(destinationTopic(topic), true).ifPresent(problems::add);
        } else {
            problems.add(
                    "topic %s: not there; create it, or leave out create_table: never"
                            .formatted(topic));
        }
        if (settings.usesBatchTransactions()) {
            progressTopicProblem().ifPresent(problems::add);
        }
        if (settings.usesTransactions()) {
            tooLongTimeout().ifPresent(problems::add);
        }
        return problems;
    }

    private Optional<String> progressTopicProblem() throws Exception {
        Optional<TopicDescription> description = describe(KafkaProgressStore.TOPIC);
        if (description.isEmpty()) {
            return createProgressTopic(true);
        }
        int partitions = description.get().partitions().size();
        if (partitions < KafkaProgressStore.PARTITIONS) {
            return Optional.of(
                    "topic %s: has %d partitions, and needs %d: kafka-topics --alter --topic %s --partitions %d"
                            .formatted(
                                    KafkaProgressStore.TOPIC,
                                    partitions,
                                    KafkaProgressStore.PARTITIONS,
                                    KafkaProgressStore.TOPIC,
                                    KafkaProgressStore.PARTITIONS));
        }
        if (!mayWrite(description.get())) {
            return Optional.of(
                    "user \"%s\" has no right to write %s"
                            .formatted(
                                    settings.username(),
                                    failures.grantForTopic(KafkaProgressStore.TOPIC)));
        }
        String policy =
                config(ConfigResource.Type.TOPIC, KafkaProgressStore.TOPIC, "cleanup.policy");
        return policy.isEmpty() || policy.equals("compact")
                ? Optional.empty()
                : Optional.of(
                        ("topic %s: cleanup.policy is \"%s\", so that Kafka would forget what was"
                                        + " delivered; set it to compact")
                                .formatted(KafkaProgressStore.TOPIC, policy));
    }

    private Optional<String> tooLongTimeout() throws Exception {
        String limit =
                config(ConfigResource.Type.BROKER, someBroker(), "transaction.max.timeout.ms");
        if (limit.isEmpty() || settings.transactionTimeout().toMillis() <= Long.parseLong(limit)) {
            return Optional.empty();
        }
        return Optional.of(
                failures.timeoutTooLong(
                        "the %d s of the broker's transaction.max.timeout.ms"
                                .formatted(Duration.ofMillis(Long.parseLong(limit)).toSeconds())));
    }

    /** The topic id that the brokers assigned; empty: the topic does not exist. */
    public String topicId(String topic) throws Exception {
        return describe(topic).map(found -> found.topicId().toString()).orElse("");
    }

    /** The partitions of a topic; empty if it does not exist. */
    public List<TopicPartition> partitions(String topic) throws Exception {
        return describe(topic).map(TopicDescription::partitions).orElse(List.of()).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Creates the topic if it does not exist and creation is allowed. */
    public void prepare(String topic) throws Exception {
        if (describe(topic).isEmpty()) {
            if (!mayCreate) {
                throw new DestinationException(
                        "topic %s: not there; create it, or leave out create_table: never"
                                .formatted(topic));
            }
            make(destinationTopic(topic));
        }
    }

    /** Creates the dead letter topic if it does not exist and creation is allowed. */
    public void prepareDeadLetters(String topic) throws Exception {
        if (describe(topic).isPresent()) {
            return;
        }
        if (!mayCreate) {
            throw new DestinationException(
                    "topic %s for dead letters: not there; create it, or leave out create_table: never"
                            .formatted(topic));
        }
        make(
                new NewTopic(topic, Optional.empty(), replicationFactor())
                        .configs(Map.of("max.message.bytes", DEAD_LETTER_MAX_BYTES)));
    }

    /** Creates the progress topic if it does not exist, and checks its settings. */
    public void prepareProgressTopic() throws Exception {
        if (describe(KafkaProgressStore.TOPIC).isEmpty()) {
            failOn(createProgressTopic(false));
        }
        failOn(progressTopicProblem());
    }

    private static void failOn(Optional<String> problem) throws DestinationException {
        if (problem.isPresent()) {
            throw new DestinationException(problem.get());
        }
    }

    /** The largest message that the topic accepts; empty: this user may not read the limit. */
    public OptionalLong largestMessage() throws Exception {
        String limit = setting(endpoint.table(), "max.message.bytes", "message.max.bytes");
        return limit.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(limit));
    }

    private Optional<String> createProgressTopic(boolean validateOnly) throws Exception {
        Optional<Short> configured = replicationFactor();
        short replicas =
                configured.isPresent()
                        ? configured.get()
                        : TopicDurabilityCheck.replicas(brokers().size());
        Optional<String> problem = create(KafkaProgressStore.topic(replicas), validateOnly);
        // some clusters set these values themselves and reject requests that contain them
        return problem.isEmpty() || configured.isPresent()
                ? problem
                : create(KafkaProgressStore.plainTopic(), validateOnly);
    }

    /** The brokers that are available now. */
    Collection<Node> brokers() throws Exception {
        return KafkaFutures.of(session.admin().describeCluster().nodes());
    }

    private String someBroker() throws Exception {
        return brokers().iterator().next().idString();
    }

    private void make(NewTopic topic) throws Exception {
        failOn(create(topic, false));
    }

    /** Why the topic cannot be created; empty: it exists now, or could be created. */
    private Optional<String> create(NewTopic topic, boolean validateOnly) throws Exception {
        CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(validateOnly);
        try {
            KafkaFutures.of(session.admin().createTopics(List.of(topic), options).all());
            if (!validateOnly) {
                awaitKnown(topic.name());
            }
            return Optional.empty();
        } catch (TopicExistsException e) {
            // another client created it meanwhile
            awaitKnown(topic.name());
            return Optional.empty();
        } catch (AuthorizationException e) {
            return Optional.of(
                    ("topic %s: not there, and user \"%s\" may not create it; create it, or allow it:"
                                    + " kafka-acls --add --allow-principal User:%s --operation Create"
                                    + " --topic %s")
                            .formatted(
                                    topic.name(),
                                    settings.username(),
                                    settings.username(),
                                    topic.name()));
        } catch (InvalidPartitionsException
                | InvalidReplicationFactorException
                | PolicyViolationException e) {
            return Optional.of(
                    "topic %s: cannot be created: %s; look at partitions and replication_factor"
                            .formatted(topic.name(), e.getMessage()));
        }
    }

    /**
     * Waits until a created topic is known to the brokers. The controller responds first, and a
     * broker without the new metadata reports that the topic does not exist: the target verifier
     * would treat that as a deleted topic.
     */
    private void awaitKnown(String topic) throws Exception {
        long deadline = System.nanoTime() + METADATA_TIMEOUT.toNanos();
        while (!hasLeaders(topic)) {
            session.stopIfClosed();
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "topic %s was created, and after %d s the brokers do not show it"
                                .formatted(topic, METADATA_TIMEOUT.toSeconds()));
            }
            Thread.sleep(METADATA_POLL.toMillis());
        }
    }

    private boolean hasLeaders(String topic) throws Exception {
        return describe(topic)
                .filter(
                        found ->
                                found.partitions().stream()
                                        .allMatch(partition -> partition.leader() != null))
                .isPresent();
    }

    private NewTopic destinationTopic(String topic) {
        return new NewTopic(
                topic,
                endpoint.option("partitions").map(Secret::reveal).map(Integer::valueOf),
                replicationFactor());
    }

    private Optional<Short> replicationFactor() {
        return endpoint.option("replication_factor").map(Secret::reveal).map(Short::valueOf);
    }

    /** The topic's description; empty: it does not exist. */
    Optional<TopicDescription> describe(String topic) throws Exception {
        DescribeTopicsOptions options =
                new DescribeTopicsOptions().includeAuthorizedOperations(true);
        try {
            return Optional.of(
                    KafkaFutures.of(
                            session.admin()
                                    .describeTopics(List.of(topic), options)
                                    .topicNameValues()
                                    .get(topic)));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    private static boolean mayWrite(TopicDescription topic) {
        // brokers that do not report rights reject the first write instead
        return topic.authorizedOperations() == null
                || topic.authorizedOperations().contains(AclOperation.WRITE);
    }

    /** A setting of the topic, or the brokers' default if it does not exist; empty: not known. */
    String setting(String topic, String ofTopics, String ofBrokers) throws Exception {
        return describe(topic).isPresent()
                ? config(ConfigResource.Type.TOPIC, topic, ofTopics)
                : config(ConfigResource.Type.BROKER, someBroker(), ofBrokers);
    }

    /** A topic or broker setting; empty: not set, or this user may not read it. */
    private String config(ConfigResource.Type type, String name, String setting) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        try {
            Config config =
                    KafkaFutures.of(
                            session.admin()
                                    .describeConfigs(List.of(resource))
                                    .values()
                                    .get(resource));
            ConfigEntry entry = config.get(setting);
            return entry == null || entry.value() == null ? "" : entry.value();
        } catch (AuthorizationException e) {
            return "";
        }
    }
}
