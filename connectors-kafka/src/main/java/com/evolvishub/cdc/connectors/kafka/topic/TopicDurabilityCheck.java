package com.evolvishub.cdc.connectors.kafka.topic;

import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.TopicDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether topics can hold the rows, and under which failures they lose acknowledged ones.
 */
public final class TopicDurabilityCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TopicDurabilityCheck.class);

    private static final int SAFE_REPLICAS = 3;

    private final TopicAdmin topics;
    private final KafkaClientSettings settings;
    private final Pipeline pipeline;
    private final String topic;

    public TopicDurabilityCheck(
            TopicAdmin topics, KafkaClientSettings settings, Pipeline pipeline) {
        this.topics = topics;
        this.settings = settings;
        this.pipeline = pipeline;
        this.topic = pipeline.deliver().destination().table();
    }

    /** Why the topic would reject every row, with a remedy: compacted topics require keys. */
    public Optional<String> compactedWithoutKey(RowSchema schema) throws Exception {
        if (MessageEncoders.hasKeys(pipeline, schema)
                || !topics.setting(topic, "cleanup.policy", "log.cleanup.policy")
                        .contains("compact")) {
            return Optional.empty();
        }
        return Optional.of(
                "topic %s: cleanup.policy is compact, so that it takes no message without a key, and rows of this mapping have none; name the columns that tell rows apart (key: [..]), or have the topic keep all messages. %s"
                        .formatted(topic, alter(topic, "cleanup.policy=delete")));
    }

    /** Logs the risks when a pipeline is opened for the first time. */
    public void logRisks(WriterIdentity writer) throws Exception {
        if (!writer.heldBefore()) {
            all().forEach(risk -> LOG.warn("{}: {}", pipeline.mapping(), risk));
        }
    }

    /** The risks of all topics that the pipeline depends on. */
    public List<String> all() throws Exception {
        List<String> risks = new ArrayList<>(of(topic, "rows that were delivered are gone"));
        if (settings.usesBatchTransactions()) {
            risks.addAll(
                    of(
                            KafkaProgressStore.TOPIC,
                            "it is forgotten how far mappings are, and rows come twice"));
        }
        return risks;
    }

    /** How many brokers should hold a topic, given the number of available brokers. */
    static short replicas(int brokers) {
        return (short) Math.max(1, Math.min(SAFE_REPLICAS, brokers));
    }

    /**
     * Each risk with its consequence and a remedy; empty: no risk, the topic does not exist, or
     * this user may not read the settings.
     *
     * @param loss the consequence of lost messages
     */
    private List<String> of(String topic, String loss) throws Exception {
        Optional<TopicDescription> description = topics.describe(topic);
        if (description.isEmpty()) {
            return List.of();
        }
        List<String> risks = new ArrayList<>();
        int replicas =
                description.get().partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .min()
                        .orElse(0);
        int possible = replicas(topics.brokers().size());
        if (replicas < possible) {
            risks.add(
                    "topic %s: is on %d of the %d brokers that could hold it; when these are lost, %s. Give it more by kafka-reassign-partitions"
                            .formatted(topic, replicas, possible, loss));
        }
        if (replicas >= SAFE_REPLICAS && setting(topic, "min.insync.replicas").equals("1")) {
            risks.add(
                    "topic %s: min.insync.replicas is 1, so that one broker alone may acknowledge; when it is lost, %s. %s"
                            .formatted(topic, loss, alter(topic, "min.insync.replicas=2")));
        }
        if (setting(topic, "unclean.leader.election.enable").equals("true")) {
            risks.add(
                    "topic %s: unclean.leader.election.enable is true, so that a broker which lacks acknowledged messages may become leader; then %s. %s"
                            .formatted(
                                    topic,
                                    loss,
                                    alter(topic, "unclean.leader.election.enable=false")));
        }
        return risks;
    }

    private String setting(String topic, String name) throws Exception {
        return topics.setting(topic, name, name);
    }

    static String alter(String topic, String setting) {
        return "Change it: kafka-configs --alter --entity-type topics --entity-name %s --add-config %s"
                .formatted(topic, setting);
    }
}
