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
 * Lanes that wrote to a topic before: of mappings that were renamed, removed, or are in another
 * file. Each has left a ledger and a subscription to the topic, which is never served and so keeps
 * all messages from being deleted, for as long as there is a topic.
 */
final class LeftoverSubscriptionCheck {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSubscriptionCheck.class);

    private final PulsarSession session;
    private final PulsarEndpoint target;

    LeftoverSubscriptionCheck(PulsarSession session, PulsarEndpoint target) {
        this.session = session;
        this.target = target;
    }

    /**
     * Tells a lane's first opening of them, in the log; what cannot be read is nobody's concern.
     */
    void logNotes(WriterIdentity lane) throws InterruptedException {
        if (lane.heldBefore()) {
            return;
        }
        try {
            notes().forEach(note -> LOG.warn("{}: {}", lane.mapping(), note));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("{}: looking for ledgers of other mappings", lane.mapping(), e);
        }
    }

    /** One note for each, with the commands that remove what it has left. */
    List<String> notes() throws Exception {
        List<String> notes = new ArrayList<>();
        for (String ledger : session.topicsBeginningWith(target.progressTopicPrefix())) {
            if (!ledger.equals(target.progressTopic())) {
                Optional<String> identity = identityOf(ledger);
                if (identity.isPresent()) {
                    notes.add(note(ledger, identity.get()));
                }
            }
        }
        return notes;
    }

    private String note(String ledger, String identity) {
        String subscription =
                PulsarEndpoint.subscriptionOf(
                        ledger.substring(target.progressTopicPrefix().length()));
        return "topic %1$s: mapping %2$s has written to it, and its subscription keeps all messages since from being deleted. If that mapping is gone: pulsar-admin topics unsubscribe --force --subscription %3$s %1$s && pulsar-admin topics delete --force %4$s"
                .formatted(target.topic(), identity, subscription, ledger);
    }

    private Optional<String> identityOf(String ledger) throws Exception {
        // where topics are made with partitions, the first one is used
        String topic = session.partitions(ledger).get(0);
        // from the beginning: to jump to the end, the client would have to reconnect
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
