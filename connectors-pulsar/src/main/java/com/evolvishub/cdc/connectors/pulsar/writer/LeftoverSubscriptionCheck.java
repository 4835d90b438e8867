package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Reader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds pipelines that wrote to a topic before: of mappings that were renamed, removed, or are in
 * another file. Each has left a progress topic and a subscription to the topic. The subscription is
 * never acknowledged, so the broker deletes none of the topic's messages.
 */
final class LeftoverSubscriptionCheck {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSubscriptionCheck.class);

    private final PulsarSession session;
    private final PulsarEndpoint target;

    LeftoverSubscriptionCheck(PulsarSession session, PulsarEndpoint target) {
        this.session = session;
        this.target = target;
    }

    /** Logs them when a pipeline is opened for the first time; errors are ignored. */
    void logNotes(WriterIdentity writer) throws InterruptedException {
        if (writer.heldBefore()) {
            return;
        }
        try {
            notes().forEach(note -> LOG.warn("{}: {}", writer.mapping(), note));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("{}: looking for ledgers of other mappings", writer.mapping(), e);
        }
    }

    /** One note per leftover pipeline, with the commands that remove its subscription and topic. */
    List<String> notes() throws Exception {
        List<String> notes = new ArrayList<>();
        for (String progressTopic : session.topicsBeginningWith(target.progressTopicPrefix())) {
            if (!progressTopic.equals(target.progressTopic())) {
                Optional<String> identity = identityOf(progressTopic);
                if (identity.isPresent()) {
                    notes.add(note(progressTopic, identity.get()));
                }
            }
        }
        return notes;
    }

    private String note(String progressTopic, String identity) {
        String subscription =
                PulsarEndpoint.subscriptionOf(
                        progressTopic.substring(target.progressTopicPrefix().length()));
        return "topic %1$s: mapping %2$s has written to it, and its subscription keeps all messages since from being deleted. If that mapping is gone: pulsar-admin topics unsubscribe --force --subscription %3$s %1$s && pulsar-admin topics delete --force %4$s"
                .formatted(target.topic(), identity, subscription, progressTopic);
    }

    private Optional<String> identityOf(String progressTopic) throws Exception {
        // if the broker creates topics with partitions, the first one is used
        String topic = session.partitions(progressTopic).get(0);
        // from the beginning: to seek to the end, the client would have to reconnect
        Reader<byte[]> reader =
                session.open(session.reader(topic).startMessageId(MessageId.earliest), topic);
        try {
            Optional<String> identity = Optional.empty();
            for (Optional<Message<byte[]>> each = session.next(reader);
                    each.isPresent();
                    each = session.next(reader)) {
                identity = Optional.ofNullable(each.get().getProperty("lane"));
            }
            return identity;
        } finally {
            var unused = reader.closeAsync();
        }
    }
}
