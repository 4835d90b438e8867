package com.evolvishub.cdc.connectors.pulsar.session;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pulsar.client.admin.PulsarAdmin;
import org.apache.pulsar.client.admin.PulsarAdminException;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.MessageIdAdv;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.ReaderBuilder;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.api.SubscriptionType;
import org.apache.pulsar.client.api.TopicMessageId;
import org.apache.pulsar.client.impl.ClientCnx;
import org.apache.pulsar.client.impl.PulsarClientImpl;
import org.apache.pulsar.common.api.proto.CommandGetTopicsOfNamespace.Mode;
import org.apache.pulsar.common.naming.TopicName;

/**
 * A connection to a cluster. Every question has a time limit, and nothing connects a second time by
 * itself: what breaks stays broken until the lane is opened anew. {@link #close} may be called from
 * any thread and waits for nobody.
 */
public final class PulsarSession {

    private final PulsarEndpoint target;
    private final PulsarClientSettings settings;
    private final PulsarClient client;
    private final String url;

    private PulsarSession(
            PulsarEndpoint target, PulsarClientSettings settings, PulsarClient client) {
        this.target = target;
        this.settings = settings;
        this.client = client;
        this.url = settings.serviceUrl();
    }

    /** Makes a client; {@link #connect} is what goes out. */
    public static PulsarSession of(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.client());
    }

    /** The same for a client that writes in transactions of Pulsar's. */
    public static PulsarSession withTransactions(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.transactionClient());
    }

    /** The same for a client that ends transactions which others have begun. */
    public static PulsarSession withCoordinator(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.coordinatorClient());
    }

    /** Looks whether the cluster is there and lets us in. */
    public void connect() throws Exception {
        await(((PulsarClientImpl) client).getConnectionToServiceUrl(), "to connect");
    }

    public PulsarClientSettings settings() {
        return settings;
    }

    /** The largest message that the broker takes, in bytes. */
    public int largestMessage() {
        return ClientCnx.getMaxMessageSize();
    }

    /** Whether the topic is there, partitioned or not. Makes none. */
    public boolean exists(String topic) throws Exception {
        return topics(topic).contains(topic);
    }

    /**
     * Topics of a namespace whose full names begin with this, each once, whatever its partitions.
     */
    public List<String> topicsBeginningWith(String prefix) throws Exception {
        return topics(prefix).stream().filter(each -> each.startsWith(prefix)).toList();
    }

    private List<String> topics(String topic) throws Exception {
        TopicName name = TopicName.get(topic);
        return await(
                        ((PulsarClientImpl) client)
                                .getLookup()
                                .getTopicsUnderNamespace(
                                        name.getNamespaceObject(), Mode.PERSISTENT, null, null),
                        "to list the topics of " + name.getNamespace())
                .getTopics()
                .stream()
                .map(each -> TopicName.get(each).getPartitionedTopicName())
                .distinct()
                .toList();
    }

    /**
     * The partitions of a topic by name, in order; of one without partitions the topic itself. One
     * that is not there is made by the admin API, if the broker makes none by itself.
     */
    public List<String> partitions(String topic) throws Exception {
        String doing = "for the partitions of " + topic;
        try {
            return await(client.getPartitionsForTopic(topic), doing);
        } catch (PulsarClientException.NotFoundException
                | PulsarClientException.TopicDoesNotExistException e) {
            createByAdmin(topic, e);
            return await(client.getPartitionsForTopic(topic), doing);
        }
    }

    /**
     * A durable subscription that keeps what comes after its mark from being deleted, and is sent
     * nothing. Makes the topic if it is not there and the broker allows it.
     */
    public Consumer<byte[]> subscribeDurably(String topic, SubscriptionInitialPosition from)
            throws Exception {
        return subscribeDurably(topic, target.subscription(), from);
    }

    /** The same by another name. */
    public Consumer<byte[]> subscribeDurably(
            String topic, String name, SubscriptionInitialPosition from) throws Exception {
        try {
            return subscribe(topic, name, from);
        } catch (PulsarClientException.NotFoundException
                | PulsarClientException.TopicDoesNotExistException e) {
            createByAdmin(topic, e);
            return subscribe(topic, name, from);
        }
    }

    private Consumer<byte[]> subscribe(String topic, String name, SubscriptionInitialPosition from)
            throws Exception {
        return await(
                client.newConsumer()
                        .topic(topic)
                        .subscriptionName(name)
                        // several may be connected: a zombie's must not keep ours out
                        .subscriptionType(SubscriptionType.Failover)
                        .subscriptionInitialPosition(from)
                        .startPaused(true)
                        .receiverQueueSize(1)
                        .subscribeAsync(),
                "to subscribe to " + topic);
    }

    private void createByAdmin(String topic, PulsarClientException missing)
            throws PulsarClientException, DestinationException {
        String adminUrl = target.option("admin_url", "");
        if (adminUrl.isEmpty()) {
            throw new DestinationException(
                    ("topic %s is not there and the broker makes none by itself, or there is no"
                                    + " namespace %s; create it, or give admin_url")
                            .formatted(topic, TopicName.get(topic).getNamespace()),
                    missing);
        }
        try (PulsarAdmin admin = settings.admin(adminUrl)) {
            admin.topics().createNonPartitionedTopic(topic);
        } catch (PulsarAdminException.ConflictException e) {
            // somebody was faster
            return;
        } catch (PulsarAdminException e) {
            throw new DestinationException(
                    "admin_url: topic %s cannot be created: %s".formatted(topic, e.getMessage()),
                    e);
        }
    }

    public Producer<byte[]> producer(String topic, String name, ProducerAccessMode mode)
            throws Exception {
        return await(
                settings.apply(client.newProducer())
                        .topic(topic)
                        .producerName(name)
                        .accessMode(mode)
                        .maxPendingMessages(0)
                        .createAsync(),
                "to produce to " + topic);
    }

    /** One for messages of transactions: they may not time out by themselves. */
    public Producer<byte[]> transactionalProducer(String topic) throws Exception {
        return await(
                settings.apply(client.newProducer())
                        .topic(topic)
                        .sendTimeout(0, TimeUnit.MILLISECONDS)
                        .maxPendingMessages(0)
                        .createAsync(),
                "to produce to " + topic);
    }

    /** Its client, for questions that are not about topics. */
    PulsarClientImpl client() {
        return (PulsarClientImpl) client;
    }

    /** The last message of a topic or partition; empty: it has none. */
    public Optional<MessageId> last(Consumer<byte[]> of) throws Exception {
        List<TopicMessageId> ids =
                await(of.getLastMessageIdsAsync(), "for the last message of " + of.getTopic());
        TopicMessageId id = ids.get(0);
        return ((MessageIdAdv) id).getEntryId() < 0
                ? Optional.empty()
                : Optional.of(MessageId.fromByteArray(id.toByteArray()));
    }

    public ReaderBuilder<byte[]> reader(String topic) {
        return client.newReader().topic(topic);
    }

    public Reader<byte[]> open(ReaderBuilder<byte[]> reader, String topic) throws Exception {
        return await(reader.createAsync(), "to read " + topic);
    }

    /** The next message; empty: that was the last one. */
    public Optional<Message<byte[]>> next(Reader<byte[]> reader) throws Exception {
        String doing = "to read " + reader.getTopic();
        if (!await(reader.hasMessageAvailableAsync(), doing)) {
            return Optional.empty();
        }
        return Optional.of(await(reader.readNextAsync(), doing));
    }

    /** Waits for an answer as long as the endpoint's timeout allows. */
    public <T> T await(CompletableFuture<T> answer, String doing) throws Exception {
        try {
            return answer.get(settings.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw describe(PulsarErrorClassifier.unwrap(e), doing);
        } catch (TimeoutException e) {
            throw new PulsarClientException.TimeoutException(
                    "%s did not answer within %d s when asked %s"
                            .formatted(url, settings.operationTimeout().toSeconds(), doing));
        }
    }

    private Exception describe(Exception failure, String doing) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof PulsarClientException.AuthenticationException) {
            return new PulsarClientException.AuthenticationException(
                    "%s does not let us in (%s); check auth_plugin, auth_token, ssl_cert and ssl_key"
                            .formatted(url, message));
        }
        if (failure instanceof PulsarClientException.AuthorizationException) {
            return new PulsarClientException.AuthorizationException(
                    ("%s does not allow us %s (%s); the role needs produce and consume on the"
                                    + " namespace")
                            .formatted(url, doing, message));
        }
        if (PulsarErrorClassifier.isMissingNamespace(failure)) {
            return new PulsarClientException.NotFoundException(
                    "%s has no namespace %s (%s); create it, or change database"
                            .formatted(url, TopicName.get(target.topic()).getNamespace(), message));
        }
        if (url.startsWith("pulsar+ssl") && message.contains("Connection already closed")) {
            // the client keeps the handshake's own failure to itself
            return new PulsarClientException.ConnectException(
                    ("%s: the connection was closed before it was ready (%s); if that stays so,"
                                    + " check ssl_root_cert, ssl_mode and that the port speaks TLS")
                            .formatted(url, message));
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ConnectException) {
                // the client's own text is the names of what it has wrapped it in
                return new PulsarClientException.ConnectException(
                        "%s cannot be reached: %s".formatted(url, each.getMessage()));
            }
        }
        return failure;
    }

    /** Lets go of the cluster, without waiting. */
    public void close() {
        Thread closer = new Thread(this::shutdown, "pulsar-close-" + target.pipeline().mapping());
        closer.setDaemon(true);
        closer.start();
    }

    private void shutdown() {
        try {
            client.shutdown();
        } catch (PulsarClientException e) {
            // whatever is left of it ends with its connection; there is nobody to tell
            return;
        }
    }
}
