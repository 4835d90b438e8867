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

/** Looks at the topics of a pipeline, and makes those that are missing. */
public final class TopicAdmin {

    // what is refused for its size is to find room among the dead letters
    private static final String ROOM_FOR_ALL = "33554432";

    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);
    private static final Duration KNOWN_POLL = Duration.ofMillis(20);

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

    /** What keeps rows from being written, each with what would do. Changes nothing. */
    public List<String> problems() throws Exception {
        List<String> problems = new ArrayList<>(settings.problems());
        String topic = endpoint.table();
        Optional<TopicDescription> there = describe(topic);
        if (there.isPresent()) {
            if (!mayWrite(there.get())) {
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
        Optional<TopicDescription> ledger = describe(KafkaProgressStore.TOPIC);
        if (ledger.isEmpty()) {
            return createProgressTopic(true);
        }
        int partitions = ledger.get().partitions().size();
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
        if (!mayWrite(ledger.get())) {
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

    /** The id that the brokers have given a topic; empty: it is not there. */
    public String topicId(String topic) throws Exception {
        return describe(topic).map(found -> found.topicId().toString()).orElse("");
    }

    /** The partitions of a topic; none if it is not there. */
    public List<TopicPartition> partitions(String topic) throws Exception {
        return describe(topic).map(TopicDescription::partitions).orElse(List.of()).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Makes the topic if it is missing and may be made. */
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

    /** Makes the topic of dead letters if it is missing and may be made. */
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
                        .configs(Map.of("max.message.bytes", ROOM_FOR_ALL)));
    }

    /** Makes the ledger if it is missing, and looks whether it will do if it is not. */
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

    /** How large a message of the topic may be; empty: this user is not told. */
    public OptionalLong largestMessage() throws Exception {
        String limit = setting(endpoint.table(), "max.message.bytes", "message.max.bytes");
        return limit.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(limit));
    }

    private Optional<String> createProgressTopic(boolean onlyTry) throws Exception {
        Optional<Short> asked = replicationFactor();
        short replicas =
                asked.isPresent() ? asked.get() : TopicDurabilityCheck.replicas(brokers().size());
        Optional<String> problem = create(KafkaProgressStore.topic(replicas), onlyTry);
        // some clusters choose these things by themselves, and say no to whoever else does
        return problem.isEmpty() || asked.isPresent()
                ? problem
                : create(KafkaProgressStore.plainTopic(), onlyTry);
    }

    /** The brokers that are there now. */
    Collection<Node> brokers() throws Exception {
        return KafkaFutures.of(session.admin().describeCluster().nodes());
    }

    private String someBroker() throws Exception {
        return brokers().iterator().next().idString();
    }

    private void make(NewTopic topic) throws Exception {
        failOn(create(topic, false));
    }

    /** What keeps the topic from being made; empty: nothing, or it is there by now. */
    private Optional<String> create(NewTopic topic, boolean onlyTry) throws Exception {
        CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(onlyTry);
        try {
            KafkaFutures.of(session.admin().createTopics(List.of(topic), options).all());
            if (!onlyTry) {
                awaitKnown(topic.name());
            }
            return Optional.empty();
        } catch (TopicExistsException e) {
            // somebody else made it just now
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
     * Waits until a topic that was made has reached the brokers. The controller answers first, and
     * a broker that has not heard of the topic says that there is none: a guard would take that for
     * a topic that was deleted.
     */
    private void awaitKnown(String topic) throws Exception {
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        while (!hasLeaders(topic)) {
            session.stopIfClosed();
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "topic %s was created, and after %d s the brokers do not show it"
                                .formatted(topic, KNOWN_WITHIN.toSeconds()));
            }
            Thread.sleep(KNOWN_POLL.toMillis());
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

    /** The topic as it is; empty: it is not there. */
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
        // a broker too old to say lets the first write tell
        return topic.authorizedOperations() == null
                || topic.authorizedOperations().contains(AclOperation.WRITE);
    }

    /** A setting of a topic that is there, or of those that are made; empty: nobody tells. */
    String setting(String topic, String ofTopics, String ofBrokers) throws Exception {
        return describe(topic).isPresent()
                ? config(ConfigResource.Type.TOPIC, topic, ofTopics)
                : config(ConfigResource.Type.BROKER, someBroker(), ofBrokers);
    }

    /** A setting of the broker's; empty: there is none, or this user is not told. */
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
