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

/** What topics are not fit for, and what a cluster may lose of them although it is acknowledged. */
public final class TopicDurabilityCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TopicDurabilityCheck.class);

    private static final int ENOUGH = 3;

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

    /** Why the topic would take no row, with what would do: one that is compacted wants keys. */
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

    /** Tells a lane's first opening of the risks, in the log. */
    public void logRisks(WriterIdentity lane) throws Exception {
        if (!lane.heldBefore()) {
            all().forEach(risk -> LOG.warn("{}: {}", pipeline.mapping(), risk));
        }
    }

    /** The risks of all topics that the lane lives by. */
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

    /** How many brokers should hold a topic that must not be lost, of so many that are there. */
    static short replicas(int brokers) {
        return (short) Math.max(1, Math.min(ENOUGH, brokers));
    }

    /**
     * Each risk, with what it means and what would do; empty: there is none, the topic is not
     * there, or this user is not told.
     *
     * @param loss what happens when messages of it are lost
     */
    private List<String> of(String topic, String loss) throws Exception {
        Optional<TopicDescription> there = topics.describe(topic);
        if (there.isEmpty()) {
            return List.of();
        }
        List<String> risks = new ArrayList<>();
        int replicas =
                there.get().partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .min()
                        .orElse(0);
        int possible = replicas(topics.brokers().size());
        if (replicas < possible) {
            risks.add(
                    "topic %s: is on %d of the %d brokers that could hold it; when these are lost, %s. Give it more by kafka-reassign-partitions"
                            .formatted(topic, replicas, possible, loss));
        }
        if (replicas >= ENOUGH && setting(topic, "min.insync.replicas").equals("1")) {
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
