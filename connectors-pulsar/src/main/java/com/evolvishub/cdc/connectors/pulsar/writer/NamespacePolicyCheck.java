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
 * Policies of a namespace that take away what a lane keeps for itself: the last record of its
 * ledger, and the subscriptions that hold messages since the last mark. Only the admin API tells
 * them; without {@code admin_url} nothing is seen.
 */
final class NamespacePolicyCheck {

    private final PulsarEndpoint target;
    private final String namespace;

    NamespacePolicyCheck(PulsarEndpoint target) {
        this.target = target;
        this.namespace = TopicName.get(target.topic()).getNamespace();
    }

    /** Asks the admin API. */
    @FunctionalInterface
    private interface Question {
        List<String> ask(PulsarAdmin admin) throws PulsarAdminException;
    }

    /** What would take away the ledger's record, with the commands that keep it. */
    List<String> problems() throws DestinationException, PulsarClientException {
        return answers(this::timeToLive);
    }

    /** What takes away subscriptions of a lane that rests, or is far behind. */
    List<String> notes() throws DestinationException, PulsarClientException {
        return answers(this::losses);
    }

    /** What takes away a topic that no subscription of ours keeps. */
    List<String> notesOfTopic() throws DestinationException, PulsarClientException {
        return answers(this::deletion);
    }

    private List<String> answers(Question question)
            throws DestinationException, PulsarClientException {
        String url = target.option("admin_url", "");
        if (url.isEmpty()) {
            return List.of();
        }
        try (PulsarAdmin admin = new PulsarClientSettings(target).admin(url)) {
            return question.ask(admin);
        } catch (PulsarAdminException.NotAuthorizedException
                | PulsarAdminException.NotFoundException e) {
            // who may not look at policies may write all the same; a namespace is missed elsewhere
            return List.of();
        } catch (PulsarAdminException e) {
            throw new DestinationException(
                    "admin_url: the policies of %s cannot be read: %s"
                            .formatted(namespace, e.getMessage()),
                    e);
        }
    }

    private List<String> timeToLive(PulsarAdmin admin) throws PulsarAdminException {
        String ledger = target.progressTopic();
        boolean there = isThere(admin, ledger);
        Integer seconds =
                there
                        ? admin.topicPolicies().getMessageTTL(ledger, true)
                        : admin.namespaces().getNamespaceMessageTTL(namespace);
        if (seconds == null || seconds == 0) {
            return List.of();
        }
        return List.of(
                "a message's time to live of %d s would end the record of how far this mapping is, in topic %s; except that topic: %spulsar-admin topicPolicies set-message-ttl --ttl 0 %s"
                        .formatted(
                                seconds,
                                ledger,
                                there ? "" : "pulsar-admin topics create " + ledger + " && ",
                                ledger));
    }

    private static boolean isThere(PulsarAdmin admin, String topic) throws PulsarAdminException {
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
                isThere(admin, topic)
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
