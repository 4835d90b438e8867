package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarClientSettings;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.sink.failure.DestinationException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pulsar.client.admin.PulsarAdmin;
import org.apache.pulsar.client.admin.PulsarAdminException;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.common.naming.TopicName;
import org.apache.pulsar.common.policies.data.BacklogQuota.RetentionPolicy;
import org.apache.pulsar.common.policies.data.InactiveTopicPolicies;

/**
 * Finds namespace policies that delete what a pipeline needs: the last record of its progress
 * topic, and the subscriptions that retain messages since the last position. Only the admin API
 * shows them; without {@code admin_url} nothing is checked.
 */
final class NamespacePolicyCheck {

    private final PulsarEndpoint target;
    private final String namespace;

    NamespacePolicyCheck(PulsarEndpoint target) {
        this.target = target;
        this.namespace = TopicName.get(target.topic()).getNamespace();
    }

    /** A query to the admin API. */
    @FunctionalInterface
    private interface PolicyQuery {
        List<String> run(PulsarAdmin admin) throws PulsarAdminException;
    }

    /** Policies that would delete the progress record, each with the commands that prevent it. */
    List<String> problems() throws DestinationException, PulsarClientException {
        return query(this::timeToLive);
    }

    /** Policies that delete subscriptions of a pipeline that is not running or far behind. */
    List<String> notes() throws DestinationException, PulsarClientException {
        return query(this::losses);
    }

    /** Policies that delete a topic without a subscription of this pipeline. */
    List<String> notesOfTopic() throws DestinationException, PulsarClientException {
        return query(this::deletion);
    }

    private List<String> query(PolicyQuery query)
            throws DestinationException, PulsarClientException {
        String url = target.option("admin_url", "");
        if (url.isEmpty()) {
            return List.of();
        }
        try (PulsarAdmin admin = new PulsarClientSettings(target).admin(url)) {
            return query.run(admin);
        } catch (PulsarAdminException.NotAuthorizedException
                | PulsarAdminException.NotFoundException e) {
            // a user without access to policies may still write; a missing namespace fails later
            return List.of();
        } catch (PulsarAdminException e) {
            throw new DestinationException(
                    "admin_url: the policies of %s cannot be read: %s"
                            .formatted(namespace, e.getMessage()),
                    e);
        }
    }

    private List<String> timeToLive(PulsarAdmin admin) throws PulsarAdminException {
        String progressTopic = target.progressTopic();
        boolean exists = exists(admin, progressTopic);
        Integer seconds =
                exists
                        ? admin.topicPolicies().getMessageTTL(progressTopic, true)
                        : admin.namespaces().getNamespaceMessageTTL(namespace);
        if (seconds == null || seconds == 0) {
            return List.of();
        }
        return List.of(
                "a message's time to live of %d s would end the record of how far this mapping is, in topic %s; except that topic: %spulsar-admin topicPolicies set-message-ttl --ttl 0 %s"
                        .formatted(
                                seconds,
                                progressTopic,
                                exists
                                        ? ""
                                        : "pulsar-admin topics create " + progressTopic + " && ",
                                progressTopic));
    }

    private static boolean exists(PulsarAdmin admin, String topic) throws PulsarAdminException {
        try {
            var unused = admin.topics().getStats(topic);
            return true;
        } catch (PulsarAdminException.NotFoundException e) {
            return false;
        }
    }

    private List<String> deletion(PulsarAdmin admin) throws PulsarAdminException {
        String topic = target.topic();
        InactiveTopicPolicies found =
                exists(admin, topic)
                        ? admin.topicPolicies().getInactiveTopicPolicies(topic, true)
                        : admin.namespaces().getInactiveTopicPolicies(namespace);
        if (found == null || !found.isDeleteWhileInactive()) {
            return List.of();
        }
        return List.of(
                "topic %s is deleted, with what is in it, when it was inactive for %d s (%s): while the mapping rests, rows that were delivered may go; let every reader subscribe first, or pulsar-admin namespaces set-inactive-topic-policies %s --disable-delete-while-inactive --max-inactive-duration 1h --delete-mode delete_when_no_subscriptions"
                        .formatted(
                                topic,
                                found.getMaxInactiveDurationSeconds(),
                                found.getInactiveTopicDeleteMode(),
                                namespace));
    }

    private List<String> losses(PulsarAdmin admin) throws PulsarAdminException {
        List<String> notes = new ArrayList<>();
        Integer minutes = admin.namespaces().getSubscriptionExpirationTime(namespace);
        if (minutes != null && minutes > 0) {
            notes.add(
                    "namespace %s deletes subscriptions that nobody has used for %d min: when the mapping rests for longer, rows that its state does not hold may come twice; pulsar-admin namespaces remove-subscription-expiration-time %s keeps them"
                            .formatted(namespace, minutes, namespace));
        }
        boolean evicts =
                admin.namespaces().getBacklogQuotaMap(namespace).values().stream()
                        .anyMatch(
                                quota ->
                                        quota.getPolicy()
                                                == RetentionPolicy.consumer_backlog_eviction);
        if (evicts) {
            notes.add(
                    "namespace %s drops the backlog of subscriptions above a quota (consumer_backlog_eviction), this mapping's own too: rows may come twice after a restart; choose another policy by pulsar-admin namespaces set-backlog-quota"
                            .formatted(namespace));
        }
        return notes;
    }
}
